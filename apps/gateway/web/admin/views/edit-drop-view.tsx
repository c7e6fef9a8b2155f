import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Form, Submit } from '../parts/form';
import { Link } from '../parts/link';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { session } from '../state/current';
import { changesOfDrop, differencesOf, readDrop, valuesOfDrop } from '../state/drop-fields';
import { FormState, valuesOf } from '../state/form';
import { resourceOf } from '../state/list';
import { go } from '../state/route';
import type { AdminDrop } from '../state/types';
import { DropFields } from './drops/drop-fields';

type Values = Readonly<Record<string, string>>;

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
      <Loaded of={current}>{(drop) => <Editor version={{ drop, etag: current.etag ?? '*' }} />}</Loaded>
    </>
  );
}

/** The version that is edited, and what the person has typed into an older one that somebody else has replaced. */
function Editor(props: { version: Version }) {
  const base = useSignal(props.version);
  const kept = useSignal<Values>({});
  const { drop, etag } = base.value;
  return (
    <Fields
      key={etag}
      version={base.value}
      values={{ ...valuesOfDrop(drop), ...kept.value }}
      onReload={(theirs, typed) => {
        const before = valuesOfDrop(drop);
        kept.value = Object.fromEntries(Object.entries(typed).filter(([name, it]) => it !== before[name]));
        base.value = theirs;
      }}
    />
  );
}

function Fields(props: {
  version: Version;
  values: Values;
  onReload: (theirs: Version, typed: Values) => void;
}) {
  const { version, values, onReload } = props;
  const { drop, etag } = version;
  const path = { dropId: drop.id };
  const launch = `/admin/drops/${encodeURIComponent(drop.id)}`;
  const form = useMemo(() => new FormState(), []);
  const rows = useSignal<readonly number[]>([...drop.items.keys()]);
  const typed = useSignal<Values>({});
  const theirs = useSignal<Version | null>(null);
  const currencyOf = (row: number) => (drop.items[row] ?? drop.items[0]!).price.currency;
  const save = async (event: SubmitEvent) => {
    // What has no field is as it was.
    typed.value = { ...valuesOfDrop(drop), ...valuesOf(event) };
    const read = readDrop(typed.value, rows.value, currencyOf);
    if (read.kind === 'wrong') return form.reject(read.errors);
    const body = changesOfDrop(read.json, drop);
    if (Object.keys(body).length === 0) return go(launch);
    const params = { path, header: { 'If-Match': etag } };
    const answer = await form.submit(() =>
      session.call((api) => api.PATCH('/v1/admin/drops/{dropId}', { params, body })),
    );
    if (answer) return go(launch);
    const failure = form.failure.value;
    if (failure?.kind === 'problem' && failure.status === 412) await compare();
  };
  const compare = async () => {
    const answer = await session.call((api) => api.GET('/v1/admin/drops/{dropId}', { params: { path } }));
    if (answer.kind !== 'ok') return; // the refusal stays, and says to reload
    form.failure.value = null;
    theirs.value = { drop: answer.body, etag: answer.etag ?? '*' };
  };
  return (
    <Form state={form} onSubmit={(event) => void save(event)}>
      <DropFields form={form} values={values} rows={rows} currencyOf={currencyOf} state={drop.state} />
      {theirs.value && (
        <Conflict before={drop} theirs={theirs.value} onReload={(it) => onReload(it, typed.value)} />
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
function Conflict(props: { before: AdminDrop; theirs: Version; onReload: (theirs: Version) => void }) {
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
      <button class="small" type="button" onClick={() => onReload(theirs)}>
        Reload, and keep what I have typed
      </button>
    </div>
  );
}
