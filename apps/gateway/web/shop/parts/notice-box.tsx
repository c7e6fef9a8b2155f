import type { ReadonlySignal } from '@preact/signals';
import type { Notice } from '../words';

/** Tells the shopper what happened. Always on the page, so that screen readers hear what appears in it. */
export function NoticeBox({ notice }: { notice: ReadonlySignal<Notice | null> }) {
  const it = notice.value;
  return (
    <div class="notices" role="status">
      {it && (
        <div class={`notice notice-${it.tone}`}>
          <strong>{it.title}</strong>
          <p>{it.text}</p>
        </div>
      )}
    </div>
  );
}
