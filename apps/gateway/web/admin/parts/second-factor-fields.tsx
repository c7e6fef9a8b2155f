import { useSignal } from '@preact/signals';
import type { FormState } from '../state/form';
import type { SecondFactor } from '../state/session';
import { Field } from './form';

/** A code from the app, or one of the recovery codes. */
export function SecondFactorFields({ form }: { form: FormState }) {
  const recovers = useSignal(false);
  return (
    <>
      {recovers.value ? (
        <Field
          key="recovery"
          form={form}
          pointer="/recoveryCode"
          label="Recovery code"
          name="recoveryCode"
          autocomplete="off"
          autoFocus
        />
      ) : (
        <Field
          key="totp"
          form={form}
          pointer="/totp"
          label="Code"
          name="totp"
          inputMode="numeric"
          autocomplete="one-time-code"
          hint="From your authenticator app."
          autoFocus
        />
      )}
      <button class="quiet" type="button" onClick={() => (recovers.value = !recovers.value)}>
        {recovers.value ? 'Use a code from the app' : 'Use a recovery code'}
      </button>
    </>
  );
}

/** The factor that the fields above hold. */
export function factorOf({ totp, recoveryCode }: Record<string, string>): SecondFactor {
  return { ...(totp ? { totp } : {}), ...(recoveryCode ? { recoveryCode } : {}) };
}
