import { useMemo } from 'preact/hooks';
import { Field, Form, Submit } from '../../parts/form';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import { passwordFault, PASSWORD_RULES } from '../../state/password-rules';

export function PasswordSection() {
  const form = useMemo(() => new FormState(), []);
  const change = async (event: SubmitEvent) => {
    const { current = '', next = '' } = valuesOf(event);
    const element = event.currentTarget as HTMLFormElement;
    const fault = passwordFault(next);
    if (current === '') return form.reject({ '/current': 'is needed' });
    if (fault) return form.reject({ '/next': fault });
    const body = { current, next };
    const answer = await form.submit(
      () => session.call((api) => api.POST('/v1/auth/password', { body })),
      'Password changed. Your other browsers are signed out.',
    );
    if (answer) return element.reset();
    const failure = form.failure.value;
    if (failure?.kind === 'problem' && failure.problem.code === 'invalid-credentials')
      form.reject({ '/current': 'is not correct' });
  };
  return (
    <Section title="Password">
      <Form state={form} onSubmit={(event) => void change(event)}>
        {/* Password managers file the new password under it. */}
        <span class="unseen" aria-hidden="true">
          <input
            type="text"
            name="username"
            autocomplete="username"
            tabIndex={-1}
            readOnly
            value={session.person.value?.email ?? ''}
          />
        </span>
        <Field
          form={form}
          pointer="/current"
          label="Current password"
          name="current"
          type="password"
          autocomplete="current-password"
        />
        <Field
          form={form}
          pointer="/next"
          label="New password"
          name="next"
          type="password"
          autocomplete="new-password"
          hint={PASSWORD_RULES}
        />
        <Submit state={form} look="small accent">
          Change password
        </Submit>
      </Form>
    </Section>
  );
}
