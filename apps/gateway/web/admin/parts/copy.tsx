import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

/** A secret or address with a button that copies it. Where the browser has no clipboard (plain http beyond localhost), it is selected. */
export function Copy({ text, label }: { text: string; label: string }) {
  const said = useSignal('');
  const code = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(code.current!);
      said.value = 'Selected: copy it with your keyboard';
    }
  };
  return (
    <p class="copy">
      <code ref={code} aria-label={label}>
        {text}
      </code>
      <button class="small" type="button" onClick={() => void copy()}>
        Copy <span class="unseen">{label}</span>
      </button>
      <span role="status">{said}</span>
    </p>
  );
}
