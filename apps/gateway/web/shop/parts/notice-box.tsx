import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Notice } from '../words';

/** Tells the shopper what happened. Always on the page, so that screen readers hear what appears in it. */
export function NoticeBox({ notice }: { notice: ReadonlySignal<Notice | null> }) {
  const it = notice.value;
  const box = useRef<HTMLDivElement>(null);
  // The button that led here may stand a screen further down, above all on a phone.
  useEffect(() => {
    if (it) box.current?.scrollIntoView({ block: 'nearest' });
  }, [it]);
  return (
    <div class="notices" role="status" ref={box}>
      {it && (
        <div class={`notice notice-${it.tone}`}>
          <strong>{it.title}</strong>
          <p>{it.text}</p>
        </div>
      )}
    </div>
  );
}
