import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatMoment } from '../../../shared/duration';
import { Confirm } from '../../parts/confirm';
import { ExportButton } from '../../parts/export-button';
import { Field } from '../../parts/form';
import { Listed } from '../../parts/listed';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import type { LaunchStore } from '../../state/launch-store';
import { List } from '../../state/list';
import type { Hold } from '../../state/types';

const STATES: readonly [Hold['state'], string][] = [
  ['held', 'On hold now'],
  ['confirmed', 'Paid'],
  ['released', 'Released'],
  ['expired', 'Expired'],
];

/** The holds of the drop: found by customer, and given back where one is stuck. */
export function HoldsSection({ store }: { store: LaunchStore }) {
  const holds = useMemo(
    () =>
      new List((api, query: { state?: Hold['state']; customerId?: string }) =>
        api.GET('/v1/admin/drops/{dropId}/holds', { params: { ...store.params, query } }),
      ),
    [store],
  );
  const released = useSignal<Hold | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => void holds.search({ state: 'held' }), [holds]);
  const search = (event: SubmitEvent) => {
    const { state = '', customerId = '' } = valuesOf(event);
    void holds.search({ state, customerId });
  };
  // The row goes, and with it the button that the dialog has given the focus back to.
  const reload = async () => {
    await holds.search(holds.filters);
    const focused = document.activeElement;
    if (focused === document.body || focused?.closest('.row')) heading.current?.focus();
  };
  return (
    <Section title="Holds" heading={heading}>
      <form class="filters" role="search" aria-label="Holds" onSubmit={search}>
        <input type="search" name="customerId" aria-label="Customer ID" placeholder="Customer ID…" />
        <div class="select">
          <select name="state" aria-label="State of the hold" defaultValue="held">
            {STATES.map(([state, words]) => (
              <option key={state} value={state}>
                {words}
              </option>
            ))}
            <option value="">Every state</option>
          </select>
        </div>
        <button class="small" type="submit">
          Search
        </button>
        <ExportButton
          request={(api) =>
            api.GET('/v1/admin/drops/{dropId}/holds', {
              params: { ...store.params, query: holds.filters },
              headers: { accept: 'text/csv' },
              parseAs: 'blob',
            })
          }
          file="holds.csv"
        >
          Export CSV
        </ExportButton>
      </form>
      <Listed of={holds} empty={<p>No hold matches. A hold that was just placed shows after a search.</p>}>
        {(items) => (
          <ul class="rows-list">
            {items.map((hold) => (
              <li class="row" key={hold.id}>
                <div class="row-text">
                  <strong>{hold.lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ')}</strong>
                  <span class="soft fine">
                    {whenWords(hold)} · customer <code>{hold.customerId}</code>
                  </span>
                </div>
                <div class="row-actions">
                  <span class="badge">{STATES.find(([state]) => state === hold.state)?.[1]}</span>
                  {hold.state === 'held' && session.can('holds:release') && (
                    <button class="small" type="button" onClick={() => (released.value = hold)}>
                      Release <span class="unseen">the hold of {hold.customerId}</span>
                    </button>
                  )}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {released.value && (
        <Release
          hold={released.value}
          onClose={() => (released.value = null)}
          onReleased={() => {
            released.value = null;
            void reload();
          }}
        />
      )}
    </Section>
  );
}

function Release(props: { hold: Hold; onClose: () => void; onReleased: () => void }) {
  const { hold, onClose, onReleased } = props;
  const form = useMemo(() => new FormState(), []);
  const reason = useSignal('');
  const release = async () => {
    const body = { reason: reason.value.trim() };
    if (body.reason === '') return form.reject({ '/reason': 'is needed' });
    const params = { path: { holdId: hold.id }, header: { 'Idempotency-Key': form.keyFor(body) } };
    const ask = () => session.call((api) => api.POST('/v1/admin/holds/{holdId}/release', { params, body }));
    if (await form.submit(ask)) onReleased();
  };
  return (
    <Confirm
      title="Release this hold?"
      state={form}
      action="Release"
      onConfirm={() => void release()}
      onClose={onClose}
    >
      <p>
        Its units are on offer again at once. The shopper sees that the hold has ended; an order that is
        paying is not interrupted.
      </p>
      <Field
        form={form}
        pointer="/reason"
        label="Reason"
        name="reason"
        maxLength={500}
        autocomplete="off"
        autoFocus
        onInput={(event) => (reason.value = event.currentTarget.value)}
      />
    </Confirm>
  );
}

function whenWords({ state, createdAt, expiresAt }: Hold): string {
  const placed = `Placed ${formatMoment(createdAt)}`;
  return state === 'held' ? `${placed}, until ${formatMoment(expiresAt)}` : placed;
}
