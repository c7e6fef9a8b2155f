import { useMemo } from 'preact/hooks';
import { session } from '../state/current';
import { FormState } from '../state/form';
import { Failure } from './failure';

const SAVE_MS = 60_000; // browsers begin to save after the click, some of them only when the person has chosen a folder

/** Downloads what the API has at the address; the browser's own download could not send the token. */
export function ExportButton(props: { address: () => string; type: string; file: string; children: string }) {
  const { address, type, file, children } = props;
  const form = useMemo(() => new FormState(), []);
  const load = async () => {
    const answer = await form.submit(() => session.download(address(), type));
    if (answer?.kind !== 'ok') return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(answer.body);
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), SAVE_MS);
  };
  return (
    <>
      <button class="small" type="button" disabled={form.busy} onClick={() => void load()}>
        {form.busy.value ? 'Exporting…' : children}
      </button>
      {form.failure.value && <Failure answer={form.failure.value} />}
    </>
  );
}
