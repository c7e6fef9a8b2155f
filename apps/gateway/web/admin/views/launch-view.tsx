import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../../shared/announce';
import { formatMoment } from '../../shared/duration';
import { formatCount } from '../../shared/money';
import { Countdown } from '../../shared/parts/countdown';
import { StreamReader } from '../../shared/stream-reader';
import { Link } from '../parts/link';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { StateBadge } from '../parts/state-badge';
import { session } from '../state/current';
import { STATE_WORDS } from '../state/drop-steps';
import { LaunchStore } from '../state/launch-store';
import type { AdminDrop } from '../state/types';
import { AdjustStock } from './launch/adjust-stock';
import { ItemsSection } from './launch/items-section';
import { StepButtons } from './launch/step-buttons';

/** The screen from which a person runs one drop. */
export function LaunchView({ dropId }: { dropId: string }) {
  const store = useMemo(
    () => new LaunchStore(dropId, session, (id, told) => new StreamReader(id, told), document),
    [dropId],
  );
  useEffect(() => {
    store.start();
    return () => store.stop();
  }, [store]);
  const failure = store.drop.failure.value;
  const isMissing = failure?.kind === 'problem' && failure.status === 404;
  if (isMissing)
    return (
      <div class="plain">
        <PageTitle title="Drop not found" />
        <p>The address is wrong, or the drop was deleted.</p>
        <p>
          <Link to="/admin">All drops</Link>
        </p>
      </div>
    );
  const drop = store.drop.data.value;
  // What is known stays on the screen; `Warning` says when it may be out of date.
  if (drop) return <Launch drop={drop} store={store} />;
  return <Loaded of={store.drop}>{() => null}</Loaded>;
}

function Launch({ drop, store }: { drop: AdminDrop; store: LaunchStore }) {
  const state = store.state.value;
  useEffect(() => announce(`${drop.name}: ${STATE_WORDS[state]}`, true), [state]);
  return (
    <>
      <PageTitle title={drop.name}>
        <StateBadge state={state} />
      </PageTitle>
      <Warning store={store} />
      <div class={`launch launch-${state}`}>
        <Clock drop={drop} store={store} />
        <StepButtons drop={drop} store={store} />
        <Numbers store={store} />
      </div>
      <ItemsSection drop={drop} />
      {session.can('stock:write') && state !== 'closed' && <AdjustStock drop={drop} store={store} />}
      <Facts drop={drop} />
    </>
  );
}

/** What is wrong, in plain words. Sales do not depend on this page. */
function Warning({ store }: { store: LaunchStore }) {
  const why = store.staleness.value;
  const isSoldOut = store.totals.value.available === 0 && store.state.value === 'open';
  useEffect(() => {
    if (isSoldOut) announce('Nothing is left to hold.', true);
  }, [isSoldOut]);
  if (why === null) return null;
  return (
    <p class="banner" role="status">
      {why === 'behind'
        ? 'Stale: the counts below are a few seconds behind. Holds and payments go on, and are decided by the ledger.'
        : 'Stale: this page gets no answer, so the counts below stand still. Reconnecting… The drop goes on without this page.'}
    </p>
  );
}

function Clock({ drop, store }: { drop: AdminDrop; store: LaunchStore }) {
  const state = store.state.value;
  if (state === 'scheduled' && drop.opensAt) return <Countdown to={drop.opensAt} label="Opens in" />;
  if ((state === 'open' || state === 'paused') && drop.closesAt)
    return <Countdown to={drop.closesAt} label="Closes in" />;
  return (
    <p class="launch-words">
      {state === 'draft' && 'A draft: no shopper sees it.'}
      {state === 'open' && 'Open, until you close it.'}
      {state === 'paused' &&
        'Paused: nobody can place a hold. Shoppers with a hold can still pay until it expires.'}
      {state === 'closed' && `Closed${drop.closesAt ? ` ${formatMoment(drop.closesAt)}` : ''}.`}
    </p>
  );
}

const NUMBERS = [
  ['available', 'Available'],
  ['held', 'On hold'],
  ['sold', 'Sold'],
  ['total', 'Total'],
] as const;

function Numbers({ store }: { store: LaunchStore }) {
  const totals = store.totals.value;
  return (
    <dl class={store.staleness.value === null ? 'numbers' : 'numbers numbers-stale'}>
      {NUMBERS.map(([name, label]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd data-testid={name}>{formatCount(totals[name])}</dd>
        </div>
      ))}
    </dl>
  );
}

function Facts({ drop }: { drop: AdminDrop }) {
  return (
    <dl class="facts section">
      <div>
        <dt>Page for shoppers</dt>
        <dd>
          {drop.state === 'draft' ? (
            'When it is scheduled or open'
          ) : (
            <a href={`/d/${drop.id}`}>/d/{drop.id}</a>
          )}
        </dd>
      </div>
      <div>
        <dt>Opens</dt>
        <dd>{drop.opensAt ? formatMoment(drop.opensAt) : 'Not set'}</dd>
      </div>
      <div>
        <dt>Closes</dt>
        <dd>{drop.closesAt ? formatMoment(drop.closesAt) : 'Not set'}</dd>
      </div>
      <div>
        <dt>Units for one customer</dt>
        <dd>{formatCount(drop.perCustomerLimit)}</dd>
      </div>
      <div>
        <dt>A hold lasts</dt>
        <dd>{formatCount(drop.holdTtlSeconds)} s</dd>
      </div>
      <div>
        <dt>Shoppers see stock</dt>
        <dd>{{ exact: 'In numbers', bands: 'In words', hidden: 'Not at all' }[drop.stockDisplay]}</dd>
      </div>
    </dl>
  );
}
