import { useMemo } from 'preact/hooks';
import { session, stepUp } from '../state/current';
import { FormState, valuesOf } from '../state/form';
import { Dialog } from './dialog';
import { Field, Form, Submit } from './form';

/** Asks for the password again where a call needs it; the call is then repeated. */
export function StepUpDialog() {
  return stepUp.isAsked.value ? <Question /> : null;
}

function Question() {
  const form = useMemo(() => new FormState(), []);
  const mfa = session.person.value?.mfa ?? false;
  const confirm = async (event: SubmitEvent) => {
    const { password = '', code } = valuesOf(event);
    if (password === '') return form.reject({ '/password': 'is needed' });
    const answer = await form.submit(() => session.stepUp(password, code || undefined));
    if (answer) return stepUp.answer(true);
    const failure = form.failure.value;
    if (failure?.kind === 'problem' && failure.problem.code === 'invalid-credentials')
      form.reject({ '/password': 'is not correct' });
    if (failure?.kind === 'problem' && failure.problem.code === 'mfa-required')
      form.reject({ '/totp': code ? 'is not correct, or was used already' : 'is needed' });
  };
  return (
    <Dialog title="Confirm your password" onClose={() => stepUp.answer(false)}>
      <Form state={form} onSubmit={(event) => void confirm(event)}>
        <p>This change needs your password again. It is then good for five minutes.</p>
        <Field
          form={form}
          pointer="/password"
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          autoFocus
        />
        {mfa && (
          <Field
            form={form}
            pointer="/totp"
            label="Code"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
            hint="From your authenticator app."
          />
        )}
        <div class="buttons">
          <button class="small" type="button" onClick={() => stepUp.answer(false)}>
            Cancel
          </button>
          <Submit state={form} look="small accent">
            Confirm
          </Submit>
        </div>
      </Form>
    </Dialog>
  );
}
