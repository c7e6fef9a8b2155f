import type {
  ComponentChildren,
  InputHTMLAttributes,
  PartialInputHTMLAttributes,
  PartialSelectHTMLAttributes,
  TextareaHTMLAttributes,
} from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { FieldFault } from '../../shared/parts/field-fault';
import type { FormState } from '../state/form';
import { Failure } from './failure';

/** A form that shows how sending it went. The first field that is wrong takes the focus. */
export function Form(props: {
  state: FormState;
  class?: string;
  label?: string;
  onSubmit: (event: SubmitEvent) => void;
  children: ComponentChildren;
}) {
  const { state, onSubmit, children } = props;
  const form = useRef<HTMLFormElement>(null);
  const errors = state.errors.value;
  const failure = state.failure.value;
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);
  const others = Object.entries(errors)
    .filter(([pointer]) => !state.fields.has(pointer))
    .map(([pointer, message]) => ({ pointer, message }));
  // A refusal that the fields explain needs no second explanation.
  const explained = failure?.kind === 'problem' && Object.keys(errors).length > 0 && others.length === 0;
  return (
    <form
      class={props.class ?? 'form'}
      aria-label={props.label}
      ref={form}
      noValidate
      onSubmit={(event) => onSubmit(event as SubmitEvent)}
    >
      {children}
      {failure && !explained && <Failure answer={failure} others={others} />}
      <p class="done" role="status">
        {state.done}
      </p>
    </form>
  );
}

interface FieldProps {
  form: FormState;
  /** JSON pointer of what the field is for. */
  pointer: string;
  label: string;
  hint?: ComponentChildren;
}

/** The attributes of the element besides what the field itself sets. */
type Rest<Attributes> = Omit<Attributes, keyof FieldProps | 'id' | 'role'>;
type InputProps = Rest<PartialInputHTMLAttributes<HTMLInputElement>> & {
  list?: string;
  type?: 'text' | 'email' | 'password' | 'url' | 'datetime-local';
};

/** A labelled input with its hint and its error. */
export function Field(props: FieldProps & InputProps) {
  const { form, pointer, label, hint, ...input } = props;
  const { id, frame } = useField({ form, pointer, label, hint });
  const attributes = { type: 'text', ...input, id, ...described(form, pointer, id, hint) };
  // The types of Preact know a role for each kind of input, which a spread cannot show.
  return frame(<input {...(attributes as InputHTMLAttributes)} />);
}

export function TextArea(props: FieldProps & Rest<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  const { form, pointer, label, hint, ...area } = props;
  const { id, frame } = useField({ form, pointer, label, hint });
  return frame(<textarea {...area} id={id} {...described(form, pointer, id, hint)} />);
}

export function Choice(props: FieldProps & Rest<PartialSelectHTMLAttributes<HTMLSelectElement>>) {
  const { form, pointer, label, hint, children, ...select } = props;
  const { id, frame } = useField({ form, pointer, label, hint });
  return frame(
    <div class="select">
      <select {...select} id={id} {...described(form, pointer, id, hint)}>
        {children}
      </select>
    </div>,
  );
}

function useField({ form, pointer, label, hint }: FieldProps) {
  const id = useId();
  const error = form.errors.value[pointer];
  form.fields.add(pointer);
  useEffect(() => () => void form.fields.delete(pointer), [pointer]);
  const frame = (control: ComponentChildren) => (
    <div class="field">
      <label for={id}>{label}</label>
      {control}
      {hint && (
        <p class="soft fine" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <FieldFault id={`${id}-fault`} text={error && `${label} ${error}.`} />
    </div>
  );
  return { id, frame };
}

function described(form: FormState, pointer: string, id: string, hint: ComponentChildren) {
  const isWrong = form.errors.value[pointer] !== undefined;
  const ids = [isWrong && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(' ');
  return { 'aria-invalid': isWrong ? ('true' as const) : undefined, 'aria-describedby': ids || undefined };
}

/** Sends the form of this state; says so while it does. */
export function Submit({
  state,
  children,
  look = 'main',
}: {
  state: FormState;
  children: string;
  look?: string;
}) {
  const busy = state.busy.value;
  return (
    <button class={look} type="submit" disabled={busy} aria-busy={busy}>
      {busy ? 'Please wait…' : children}
    </button>
  );
}
