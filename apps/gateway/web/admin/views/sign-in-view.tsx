import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Field, Form, Submit } from '../parts/form';
import { PageTitle } from '../parts/page-title';
import { factorOf, SecondFactorFields } from '../parts/second-factor-fields';
import { session } from '../state/current';
import { valuesOf } from '../state/form';
import { SignInForm } from '../state/sign-in-form';

/** E-mail and password, and a code where the person has a second factor. */
export function SignInView() {
  const typed = useRef({ email: '', password: '' });
  const signIn = useMemo(
    () =>
      new SignInForm((factor) => session.login(typed.current.email, typed.current.password, factor), {
        pointer: '/password',
        fault: 'or e-mail address is not correct',
      }),
    [],
  );
  useEffect(() => () => signIn.stop(), []);
  const { form } = signIn;
  const submit = (event: SubmitEvent) => {
    const { email = '', password = '', ...codes } = valuesOf(event);
    typed.current = { email, password };
    if (email === '' || password === '')
      return form.reject(email === '' ? { '/email': 'is needed' } : { '/password': 'is needed' });
    void signIn.submit(factorOf(codes));
  };
  return (
    <div class="plain sign-in">
      <PageTitle title="Sign in" />
      {session.expired.value && (
        <p class="banner" role="status">
          Your session has ended. Sign in to go on.
        </p>
      )}
      <Form state={form} onSubmit={submit}>
        <Field form={form} pointer="/email" label="Email" name="email" type="email" autocomplete="username" />
        <Field
          form={form}
          pointer="/password"
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
        />
        {signIn.needsCode.value && <SecondFactorFields form={form} />}
        <PausedSubmit signIn={signIn}>Sign in</PausedSubmit>
      </Form>
      <p class="fine soft">
        No password yet, or forgotten? Ask an owner to invite you, or run{' '}
        <code>npx holdfast staff link --email …</code> on the server.
      </p>
    </div>
  );
}

/** Counts down where attempts have to pause. */
export function PausedSubmit({ signIn, children }: { signIn: SignInForm; children: string }) {
  const pause = signIn.pause.value;
  if (pause === 0) return <Submit state={signIn.form}>{children}</Submit>;
  return (
    <button class="main" type="submit" disabled>
      Try again in {pause} s
    </button>
  );
}
