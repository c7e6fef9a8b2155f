import type { ComponentChildren, RefObject } from 'preact';
import { useId } from 'preact/hooks';

/** A part of a view with its heading, which can be given the focus where `heading` is. */
export function Section(props: {
  title: string;
  heading?: RefObject<HTMLHeadingElement | null>;
  children: ComponentChildren;
}) {
  const { title, heading, children } = props;
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={heading && -1}>
        {title}
      </h2>
      {children}
    </section>
  );
}
