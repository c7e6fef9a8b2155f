import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Field, Form } from '../parts/form';
import { Link } from '../parts/link';
import { PageTitle } from '../parts/page-title';
import { factorOf, SecondFactorFields } from '../parts/second-factor-fields';
import { session } from '../state/current';
import { valuesOf } from '../state/form';
import { passwordFault, PASSWORD_RULES } from '../state/password-rules';
import { go } from '../state/route';
import { SignInForm } from '../state/sign-in-form';
import { PausedSubmit } from './sign-in-view';

/** Sets a password by a one-time link, and signs in. */
export function LinkView({ token }: { token: string | null }) {
  return token === null ? <NoToken /> : <SetPassword token={token} />;
}

function SetPassword({ token }: { token: string }) {
  const password = useRef('');
  const signIn = useMemo(
    () => new SignInForm((factor) => session.useLink(token, password.current, factor), null),
    [],
  );
  useEffect(() => () => signIn.stop(), []);
  const { form } = signIn;
  const submit = async (event: SubmitEvent) => {
    const values = valuesOf(event);
    password.current = values['password'] ?? '';
    const fault = passwordFault(password.current);
    if (fault) return form.reject({ '/password': fault });
    if (await signIn.submit(factorOf(values))) go('/admin');
  };
  return (
    <div class="plain sign-in">
      <PageTitle title="Set your password" />
      <p>With it you sign in from now on. Other browsers that are signed in as you are signed out.</p>
      <Form state={form} onSubmit={(event) => void submit(event)}>
        <Field
          form={form}
          pointer="/password"
          label="New password"
          name="password"
          type="password"
          autocomplete="new-password"
          hint={PASSWORD_RULES}
        />
        {signIn.needsCode.value && <SecondFactorFields form={form} />}
        <PausedSubmit signIn={signIn}>Set password and sign in</PausedSubmit>
      </Form>
    </div>
  );
}

function NoToken() {
  return (
    <div class="plain">
      <PageTitle title="Open your link again" />
      <p>
        A one-time link works from the message or the terminal where you have it; its secret is not kept in
        the address. A link is valid for an hour and works once.
      </p>
      <p>
        For a new one run <code>npx holdfast staff link --email …</code> on the server.
      </p>
      <p>
        <Link to="/admin">Sign in with a password</Link>
      </p>
    </div>
  );
}
