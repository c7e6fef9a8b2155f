import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Answer, NoAnswer } from '../../../shared/answer';
import { formatCount } from '../../../shared/money';
import { Failure } from '../../parts/failure';
import { saveFile } from '../../parts/save-file';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState } from '../../state/form';
import type { ImportResult } from '../../state/types';

const BYTES_MAX = 16 * 1024 * 1024;
const DEADLINE_MS = 120_000;
const SHOWN_MAX = 200;

type Report = Pick<ImportResult, 'rejected' | 'notes'> & Partial<ImportResult>;

/** A CSV file that is dropped or chosen: a dry run lists each bad row, and nothing is imported before the person has seen it. */
export function ImportProducts({ onImported }: { onImported: () => void }) {
  const form = useMemo(() => new FormState(), []);
  const file = useSignal<File | null>(null);
  const report = useSignal<Report | null>(null);
  const isOver = useSignal(false);
  const isWhole = report.value?.rejected.length === 0;
  const failure = form.failure.value;

  /** Also what was refused has a report, if its rows were the reason; else the report of before stays. */
  const send = async (
    query: { 'dry-run'?: 'true'; 'skip-bad'?: 'true' },
    done = '',
  ): Promise<Answer<ImportResult> | undefined> => {
    const chosen = file.value!;
    const key = form.keyFor([chosen.name, chosen.size, chosen.lastModified, query]);
    const answer = await form.submit(
      () =>
        session.call(
          (api) =>
            api.POST('/v1/admin/products/import', {
              params: { query, header: { 'Idempotency-Key': key } },
              headers: { 'content-type': 'text/csv' },
              body: '',
              bodySerializer: () => chosen, // the file as it is
            }),
          DEADLINE_MS,
        ),
      done,
    );
    const refused = rowsOf(form.failure.value);
    if (refused) report.value = refused;
    return answer;
  };
  const cancel = () => {
    form.failure.value = null;
    file.value = null;
    report.value = null;
  };
  const look = async (chosen: File | undefined) => {
    if (!chosen || form.busy.value) return;
    file.value = chosen;
    report.value = null;
    if (chosen.size > BYTES_MAX) return form.reject({ '/file': 'is larger than 16 MiB' });
    const answer = await send({ 'dry-run': 'true' });
    if (answer?.kind === 'ok') report.value = answer.body;
  };
  const importIt = async () => {
    if (!(await send(isWhole ? {} : { 'skip-bad': 'true' }, 'Imported.'))) return;
    cancel();
    onImported();
  };
  return (
    <Section title="Import from a file">
      <div
        class={isOver.value ? 'dropzone dropzone-over' : 'dropzone'}
        onDragOver={(event) => {
          event.preventDefault();
          isOver.value = true;
        }}
        onDragLeave={() => (isOver.value = false)}
        onDrop={(event) => {
          event.preventDefault();
          isOver.value = false;
          void look(event.dataTransfer?.files[0]);
        }}
      >
        <label for="products-file">Drop a product CSV here, or choose it. Nothing is imported yet.</label>
        <input
          id="products-file"
          type="file"
          accept=".csv,text/csv"
          disabled={form.busy}
          onChange={(event) => void look(event.currentTarget.files?.[0])}
        />
        {form.busy.value && <p role="status">Reading…</p>}
      </div>
      {form.errors.value['/file'] && <p class="field-fault">The file {form.errors.value['/file']}.</p>}
      {failure && !rowsOf(failure) && <Failure answer={failure} />}
      <p class="done" role="status">
        {form.done}
      </p>
      {report.value && (
        <>
          <Found report={report.value} name={file.value?.name ?? ''} />
          <div class="buttons">
            <button class="small accent" type="button" disabled={form.busy} onClick={() => void importIt()}>
              {isWhole ? 'Import' : 'Import the good rows'}
            </button>
            <button class="small" type="button" disabled={form.busy} onClick={cancel}>
              Cancel
            </button>
          </div>
        </>
      )}
    </Section>
  );
}

/** The bad rows that a refused import names. */
function rowsOf(failure: NoAnswer | null): Report | null {
  if (failure?.kind !== 'problem' || failure.problem.code !== 'invalid-import') return null;
  const { rejected, notes } = failure.problem as unknown as Partial<Report>;
  return rejected ? { rejected, notes: notes ?? [] } : null;
}

function Found({ report, name }: { report: Report; name: string }) {
  const { rejected, notes, products, skus } = report;
  return (
    <div role="status" class="report">
      <p>
        <strong>{name}</strong>:{' '}
        {products !== undefined && `${formatCount(products)} products with ${formatCount(skus ?? 0)} SKUs. `}
        {rejected.length === 0
          ? 'Every row is good.'
          : `${formatCount(rejected.length)} rows cannot be imported.`}
      </p>
      <Lines title="Rejected" lines={rejected.map(({ line, reason }) => ({ line, text: reason }))} />
      <Lines title="Notes" lines={notes.map(({ line, note }) => ({ line, text: note }))} />
    </div>
  );
}

function Lines({ title, lines }: { title: string; lines: { line: number; text: string }[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="faults">
        {lines.slice(0, SHOWN_MAX).map(({ line, text }, i) => (
          <li key={i}>
            Line {line}: {text}
          </li>
        ))}
      </ul>
      {lines.length > SHOWN_MAX && (
        <p class="soft">
          And {formatCount(lines.length - SHOWN_MAX)} more.{' '}
          <button class="small" type="button" onClick={() => saveFile(listOf(lines), `${title}.txt`)}>
            Save the whole list
          </button>
        </p>
      )}
    </>
  );
}

const listOf = (lines: { line: number; text: string }[]): Blob =>
  new Blob([lines.map(({ line, text }) => `Line ${line}: ${text}\n`).join('')], { type: 'text/plain' });
