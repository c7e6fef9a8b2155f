import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatMoment } from '../../shared/duration';
import { ExportButton } from '../parts/export-button';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { valuesOf } from '../state/form';
import { List } from '../state/list';
import type { AuditRecord } from '../state/types';

/** Who changed what, oldest first, as it stands in the chain. */
export function AuditView() {
  const records = useMemo(
    () =>
      new List((api, query: { action?: string; targetId?: string }) =>
        api.GET('/v1/admin/audit', { params: { query } }),
      ),
    [],
  );
  const filtered = useSignal(false);
  useEffect(() => void records.search(), []);
  const search = (event: SubmitEvent) => {
    const { action = '', targetId = '' } = valuesOf(event);
    filtered.value = action !== '' || targetId !== '';
    void records.search({ action, targetId });
  };
  return (
    <>
      <PageTitle title="Audit">
        <ExportButton
          request={(api) => api.GET('/v1/admin/audit/export', { parseAs: 'blob' })}
          file="audit.ndjson"
        >
          Export
        </ExportButton>
      </PageTitle>
      <p class="soft">
        Check an export anywhere with <code>npx holdfast audit verify audit.ndjson</code>.
      </p>
      <form class="filters" role="search" aria-label="Audit" onSubmit={search}>
        <input type="search" name="action" aria-label="Action" placeholder="Action, such as drop.paused" />
        <input type="search" name="targetId" aria-label="ID of the thing" placeholder="ID of the thing" />
        <button class="small" type="submit">
          Search
        </button>
      </form>
      <Listed
        of={records}
        empty={<p>{filtered.value ? 'No record matches.' : 'Nothing was changed yet.'}</p>}
      >
        {(items) => (
          <ul class="rows-list section">
            {items.map((record) => (
              <RecordRow key={record.seq} record={record} />
            ))}
          </ul>
        )}
      </Listed>
    </>
  );
}

function RecordRow({ record }: { record: AuditRecord }) {
  const { seq, at, actor, action, target, change, requestId, address, hash } = record;
  return (
    <li class="row">
      <div class="row-text">
        <strong>{action}</strong>
        <span>
          {target.kind} <code>{target.id}</code>
        </span>
        <span class="soft fine">
          {actor.label ?? actor.id} ({actor.kind}) · {formatMoment(at)} · #{seq}
        </span>
        <details>
          <summary>Details</summary>
          <pre class="json">{JSON.stringify({ change, requestId, address, hash }, null, 2)}</pre>
        </details>
      </div>
    </li>
  );
}
