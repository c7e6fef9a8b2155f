import { useMemo } from 'preact/hooks';
import type { Send } from '../state/api';
import { session } from '../state/current';
import { FormState } from '../state/form';
import { Failure } from './failure';
import { saveFile } from './save-file';

const DEADLINE_MS = 300_000; // an export has every row of a merchant

/** Downloads what the request answers with; the browser's own download could not send the token. */
export function ExportButton(props: { request: Send<Blob>; file: string; children: string }) {
  const { request, file, children } = props;
  const form = useMemo(() => new FormState(), []);
  const load = async () => {
    const answer = await form.submit(() => session.call(request, DEADLINE_MS));
    if (answer?.kind === 'ok') saveFile(answer.body, file);
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
