import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { wasTouched } from '../../shared/touched';

/** The heading of a new step. It takes the focus, so that who cannot see the page change is led along. */
export function PanelTitle({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (wasTouched()) heading.current?.focus({ preventScroll: false });
  }, []);
  return (
    <h2 class="panel-title" ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
}
