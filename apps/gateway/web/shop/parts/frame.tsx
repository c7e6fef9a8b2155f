import type { ComponentChildren } from 'preact';
import { Mark } from '../../shared/parts/mark';

/** Header and footer of every page. */
export function Frame({ aside, children }: { aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
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
        <p>Stock counts are live. A hold is free, and the units are yours to buy until it expires.</p>
        <p>
          This shop accepts test cards only. <a href="/docs">API reference</a>
        </p>
      </footer>
    </>
  );
}
