import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Form, Submit } from '../parts/form';
import { Link } from '../parts/link';
import { Loaded } from '../parts/loaded';
import { focusTitle, PageTitle } from '../parts/page-title';
import { session } from '../state/current';
import { type DropForm, formOf, typedOver } from '../state/drop-conflict';
import {
  changesOfDrop,
  type DropChange,
  differencesOf,
  isSaved,
  readDrop,
  valuesOfDrop,
} from '../state/drop-fields';
import { fieldsOf, FormState, valuesOf } from '../state/form';
import { resourceOf } from '../state/list';
import { go } from '../state/route';
import type { AdminDrop } from '../state/types';
import { DropFields } from './drops/drop-fields';

interface Version {
  drop: AdminDrop;
  etag: string;
}

/** Changes a drop: all of it before it has opened, and afterwards what does not touch those who have a hold. */
export function EditDropView({ dropId }: { dropId: string }) {
  const current = useMemo(
    () => resourceOf((api) => api.GET('/v1/admin/drops/{dropId}', { params: { path: { dropId } } })),
    [dropId],
  );
  useEffect(() => void current.reload(), [current]);
  return (
    <>
      <PageTitle title={current.data.value ? `Edit ${current.data.value.name}` : 'Edit a drop'} />
      <Loaded of={current}>
        {(drop) =>
          current.etag === undefined ? <NoVersion /> : <Editor version={{ drop, etag: current.etag }} />
        }
      </Loaded>
    </>
  );
}

/** Without the version nobody would notice that somebody else's change is overwritten. */
function NoVersion() {
  return (
    <div class="notice notice-bad" role="alert">
      <strong>This drop cannot be edited here</strong>
      <p>
        The answer came without its version (the header ETag), which keeps you from overwriting a change of
        somebody else. A proxy between you and Holdfast probably removes it. Ask its operator to let ETag
        pass, then reload the page.
      </p>
    </div>
  );
}

/** The version that is edited, and what the person has typed into an older one that somebody else has replaced. */
function Editor(props: { version: Version }) {
  const shown = useSignal({ version: props.version, start: formOf(props.version.drop) });
  const lost = useSignal<readonly string[]>([]);
  const { version, start } = shown.value;
  return (
    <>
      {lost.value.length > 0 && (
        <div class="notice notice-warn">
          <strong>Some of your changes had no place</strong>
          <p>Somebody else has removed {lost.value.join(', ')}. What you typed there was left out.</p>
        </div>
      )}
      <Fields
        key={version.etag}
        version={version}
        start={start}
        onReload={(theirs, mine) => {
          const next = typedOver(theirs.drop, version.drop, mine);
          lost.value = next.lost;
          // The button goes with the old fields.
          focusTitle();
          shown.value = { version: theirs, start: next };
        }}
      />
    </>
  );
}

function Fields(props: {
  version: Version;
  start: DropForm;
  onReload: (theirs: Version, mine: DropForm) => void;
}) {
  const { version, start, onReload } = props;
  const { drop, etag } = version;
  const path = { dropId: drop.id };
  const launch = `/admin/drops/${encodeURIComponent(drop.id)}`;
  const form = useMemo(() => new FormState(), []);
  const rows = useSignal(start.rows);
  const theirs = useSignal<Version | null>(null);
  const currencyOf = (row: number) => (drop.items[row] ?? drop.items[0]!).price.currency;
  // What has no field is as it was.
  const withRest = (fields: Record<string, string>) => ({ ...valuesOfDrop(drop), ...fields });
  const save = async (event: SubmitEvent) => {
    const read = readDrop(withRest(valuesOf(event)), rows.value, currencyOf, drop.items);
    if (read.kind === 'wrong') return form.reject(read.errors);
    const body = changesOfDrop(read.json, drop);
    if (Object.keys(body).length === 0) return go(launch);
    const params = { path, header: { 'If-Match': etag } };
    const answer = await form.submit(() =>
      session.call((api) => api.PATCH('/v1/admin/drops/{dropId}', { params, body })),
    );
    if (answer) return go(launch);
    const failure = form.failure.value;
    if (failure?.kind === 'problem' && failure.status === 412) await compare(body);
  };
  const compare = async (sent: DropChange) => {
    const answer = await session.call((api) => api.GET('/v1/admin/drops/{dropId}', { params: { path } }));
    if (answer.kind !== 'ok' || answer.etag === undefined) return; // the refusal stays, and says to reload
    // An earlier try was carried out, and its answer was lost: the newer version is this person's own.
    if (isSaved(sent, answer.body)) return go(launch);
    form.failure.value = null;
    theirs.value = { drop: answer.body, etag: answer.etag };
  };
  return (
    <Form state={form} onSubmit={(event) => void save(event)}>
      <DropFields form={form} values={start.values} rows={rows} currencyOf={currencyOf} state={drop.state} />
      {theirs.value && (
        <Conflict
          before={drop}
          theirs={theirs.value}
          onReload={(it, fields) => onReload(it, { values: withRest(fields), rows: rows.value })}
        />
      )}
      <div class="buttons">
        <Link to={launch} class="small">
          Cancel
        </Link>
        <Submit state={form} look="small accent">
          Save
        </Submit>
      </div>
    </Form>
  );
}

/** What somebody else has changed in the meantime. */
function Conflict(props: {
  before: AdminDrop;
  theirs: Version;
  /** With the fields as they are now, not as they were sent. */
  onReload: (theirs: Version, fields: Record<string, string>) => void;
}) {
  const { before, theirs, onReload } = props;
  const differences = differencesOf(before, theirs.drop);
  return (
    <div class="notice notice-bad" role="alert">
      <strong>Somebody else has changed this drop</strong>
      <p>Nothing was saved. Since you began:</p>
      <ul class="faults">
        {differences.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {differences.length === 0 && <li>Something that this form does not show.</li>}
      </ul>
      <button
        class="small"
        type="button"
        onClick={(event) => onReload(theirs, fieldsOf(event.currentTarget.form!))}
      >
        Reload, and keep what I have typed
      </button>
    </div>
  );
}
