import type { ComponentChildren } from 'preact';

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
      <path d="M32 8v26M32 34c0 11-10 10-13 20M32 34c0 11 10 10 13 20M32 34v20M32 21c-10 0-13-5-14-11M32 21c10 0 13-5 14-11" />
    </svg>
  );
}

/** What stands around every page. */
export function Frame({ aside, children }: { aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          <span>Holdfast</span>
        </a>
        <div class="top-aside">{aside}</div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="foot">
        <p>
          Counts are live and come from the ledger. A hold is yours until its time ends; holding costs
          nothing.
        </p>
        <p>
          This shop takes test cards only. <a href="/docs">For developers</a>
        </p>
      </footer>
    </>
  );
}
