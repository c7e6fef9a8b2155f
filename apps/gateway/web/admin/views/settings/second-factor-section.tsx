import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Copy } from '../../parts/copy';
import { Failure } from '../../parts/failure';
import { Field, Form, Submit } from '../../parts/form';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';

interface Enrolment {
  secret: string;
  otpauthUrl: string;
}

/** Two-factor sign-in of the person: turned on with a first code, turned off with password and code. */
export function SecondFactorSection() {
  const enrolment = useSignal<Enrolment | null>(null);
  const recoveryCodes = useSignal<readonly string[] | null>(null);
  const isOn = session.person.value?.mfa ?? false;
  return (
    <Section title="Two-factor sign-in">
      {recoveryCodes.value ? (
        <RecoveryCodes codes={recoveryCodes.value} onDone={() => (recoveryCodes.value = null)} />
      ) : isOn ? (
        <TurnOff />
      ) : enrolment.value ? (
        <ConfirmCode
          enrolment={enrolment.value}
          onConfirmed={(codes) => {
            enrolment.value = null;
            recoveryCodes.value = codes;
          }}
        />
      ) : (
        <TurnOn onStarted={(started) => (enrolment.value = started)} />
      )}
    </Section>
  );
}

function TurnOn({ onStarted }: { onStarted: (enrolment: Enrolment) => void }) {
  const form = useMemo(() => new FormState(), []);
  const start = async () => {
    const ask = () => session.call((api) => api.POST('/v1/auth/mfa/totp'));
    const answer = await form.submit(ask);
    if (answer?.kind === 'ok') onStarted(answer.body);
  };
  return (
    <>
      <p>Off. With it a stolen password is not enough to sign in as you.</p>
      {form.failure.value && <Failure answer={form.failure.value} />}
      <button class="small accent" type="button" disabled={form.busy} onClick={() => void start()}>
        Turn on
      </button>
    </>
  );
}

function ConfirmCode(props: { enrolment: Enrolment; onConfirmed: (codes: readonly string[]) => void }) {
  const { secret, otpauthUrl } = props.enrolment;
  const form = useMemo(() => new FormState(), []);
  const confirm = async (event: SubmitEvent) => {
    const { code = '' } = valuesOf(event);
    if (code === '') return form.reject({ '/code': 'is needed' });
    const ask = () => session.call((api) => api.POST('/v1/auth/mfa/totp/confirm', { body: { code } }));
    const answer = await form.submit(ask);
    if (answer?.kind !== 'ok') return;
    props.onConfirmed(answer.body.recoveryCodes);
    await session.refresh(); // the token says whether the person has a second factor
  };
  return (
    <Form state={form} onSubmit={(event) => void confirm(event)}>
      <p>Enter this key in your authenticator app, then the code that it shows.</p>
      <Copy text={secret} label="Key for the app" />
      <p>
        <a href={otpauthUrl}>Open in an app on this device</a>
      </p>
      <Field
        form={form}
        pointer="/code"
        label="Code"
        name="code"
        inputMode="numeric"
        autocomplete="one-time-code"
      />
      <Submit state={form} look="small accent">
        Turn on
      </Submit>
    </Form>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <>
      <p role="status">
        Two-factor sign-in is on. Keep these recovery codes: each signs you in once without the app. They are
        not shown again.
      </p>
      <Copy text={codes.join('\n')} label="Recovery codes" />
      <button class="small accent" type="button" onClick={onDone}>
        I have kept them
      </button>
    </>
  );
}

function TurnOff() {
  const form = useMemo(() => new FormState(), []);
  const remove = async (event: SubmitEvent) => {
    const { password = '', code = '' } = valuesOf(event);
    if (password === '') return form.reject({ '/password': 'is needed' });
    if (code === '') return form.reject({ '/code': 'is needed' });
    const body = { password, code };
    const answer = await form.submit(() =>
      session.call((api) => api.POST('/v1/auth/mfa/totp/remove', { body })),
    );
    if (answer) return void session.refresh();
    const failure = form.failure.value;
    if (failure?.kind === 'problem' && failure.status === 401)
      form.reject({ '/password': 'or code is not correct' });
  };
  return (
    <>
      <p>On. Signing in needs a code of your authenticator app.</p>
      <details>
        <summary>Turn off</summary>
        <Form state={form} onSubmit={(event) => void remove(event)}>
          <Field
            form={form}
            pointer="/password"
            label="Password"
            name="password"
            type="password"
            autocomplete="current-password"
          />
          <Field
            form={form}
            pointer="/code"
            label="Code"
            name="code"
            inputMode="numeric"
            autocomplete="one-time-code"
          />
          <Submit state={form} look="small danger">
            Turn off
          </Submit>
        </Form>
      </details>
    </>
  );
}
