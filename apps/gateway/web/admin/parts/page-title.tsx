import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { wasTouched } from '../../shared/touched';

/** Where the focus goes when what had it is replaced. */
export function focusTitle(): void {
  document.querySelector<HTMLElement>('.page-title h1')?.focus();
}

/** The heading of a view. It takes the focus when the view appears, so that screen readers say where the person is. */
export function PageTitle({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (wasTouched()) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · Holdfast admin`;
  }, [title]);
  return (
    <div class="page-title">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </div>
  );
}
