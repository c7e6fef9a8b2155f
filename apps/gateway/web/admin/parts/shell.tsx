import type { ComponentChildren } from 'preact';
import { Mark } from '../../shared/parts/mark';
import { FormState } from '../state/form';
import { session } from '../state/current';
import { online } from '../state/online';
import { SECTIONS } from '../sections';
import { Failure } from './failure';
import { Link } from './link';

const signOut = new FormState();

/** Header with the sections, and what is true of the whole page. */
export function Shell({ children }: { children: ComponentChildren }) {
  const person = session.person.value;
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top admin-top">
        <Link to="/admin" class="brand">
          <Mark />
          <span>Holdfast</span>
        </Link>
        {person && <Sections />}
        {person && (
          <div class="who">
            <span class="fine soft who-email">{person.email}</span>
            <button
              class="small"
              type="button"
              disabled={signOut.busy}
              onClick={() => void signOut.submit(() => session.logout())}
            >
              Sign out
            </button>
          </div>
        )}
      </header>
      <main id="main" class="admin" tabIndex={-1}>
        {!online.value && (
          <p class="banner" role="status">
            You are offline. What is shown may be out of date.
          </p>
        )}
        {signOut.failure.value && <Failure answer={signOut.failure.value} />}
        {children}
      </main>
    </>
  );
}

function Sections() {
  return (
    <nav aria-label="Sections">
      <ul class="sections">
        {SECTIONS.filter(({ scope }) => !scope || session.can(scope)).map(({ to, name }) => (
          <li key={to}>
            <Link to={to}>{name}</Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
