import type { ComponentChildren } from 'preact';
import { go, path } from '../state/route';

/** A link within this page: no new document, so the session in memory stays. */
export function Link(props: { to: string; class?: string; children: ComponentChildren }) {
  const { to, children } = props;
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} class={props.class} aria-current={path.value === to ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
