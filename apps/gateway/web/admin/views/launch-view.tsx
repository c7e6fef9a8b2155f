import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../../shared/announce';
import { formatMoment } from '../../shared/duration';
import { formatCount } from '../../shared/money';
import { Countdown } from '../../shared/parts/countdown';
import { lazy } from '../parts/lazy';
import { Link } from '../parts/link';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { StateBadge } from '../parts/state-badge';
import { session } from '../state/current';
import { STATE_WORDS } from '../state/drop-steps';
import { LaunchStore } from '../state/launch-store';
import { LaunchStream, type OpenStream } from '../state/launch-stream';
import { online } from '../state/online';
import type { AdminDrop } from '../state/types';
import { AdjustStock } from './launch/adjust-stock';
import { Facts } from './launch/facts';
import { HoldsSection } from './launch/holds-section';
import { ItemsSection } from './launch/items-section';
import { LiveFigures } from './launch/live-figures';
import { Problems } from './launch/problems';
import { StepButtons } from './launch/step-buttons';

const LaunchCharts = lazy(() => import('./launch/charts').then((it) => it.LaunchCharts));

/** The screen from which a person runs one drop. */
export function LaunchView({ dropId }: { dropId: string }) {
  const store = useMemo(() => storeOf(dropId), [dropId]);
  useEffect(() => {
    store.start();
    const online = () => store.reconnect();
    addEventListener('online', online);
    return () => {
      removeEventListener('online', online);
      store.stop();
    };
  }, [store]);
  const failure = store.drop.failure.value;
  const isMissing = failure?.kind === 'problem' && failure.status === 404;
  if (isMissing || store.isGone.value)
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
  // What is known stays on the screen; `Problems` says when it may be out of date.
  if (drop) return <Launch drop={drop} store={store} />;
  return <Loaded of={store.drop}>{() => null}</Loaded>;
}

function storeOf(dropId: string): LaunchStore {
  const params = { path: { dropId } };
  const open: OpenStream = (signal) =>
    session.call(
      (api) => api.GET('/v1/admin/drops/{dropId}/live', { params, parseAs: 'stream', signal }),
      Infinity,
    );
  return new LaunchStore(dropId, session, (listener) => new LaunchStream(open, listener), document);
}

function Launch({ drop, store }: { drop: AdminDrop; store: LaunchStore }) {
  const state = store.state.value;
  const isSoldOut = store.totals.value.available === 0 && state === 'open';
  useEffect(() => announce(`${drop.name}: ${STATE_WORDS[state]}`, true), [state]);
  useEffect(() => {
    if (isSoldOut) announce('Nothing is left to hold.', true);
  }, [isSoldOut]);
  return (
    <>
      <PageTitle title={drop.name}>
        <StateBadge state={state} />
      </PageTitle>
      <Problems store={store} />
      <div class={`launch launch-${state}`}>
        <Clock drop={drop} store={store} />
        <StepButtons drop={drop} store={store} />
        <Numbers store={store} />
      </div>
      {state !== 'draft' && <LiveFigures store={store} />}
      {state !== 'draft' && <LaunchCharts store={store} />}
      <ItemsSection drop={drop} />
      {session.can('stock:write') && state !== 'closed' && <AdjustStock drop={drop} store={store} />}
      {state !== 'draft' && <HoldsSection store={store} />}
      <Facts drop={drop} />
    </>
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
    <dl class={store.staleness.value === null && online.value ? 'numbers' : 'numbers numbers-stale'}>
      {NUMBERS.map(([name, label]) => (
        <div key={name}>
          <dt>{label}</dt>
          <dd data-testid={name}>{formatCount(totals[name])}</dd>
        </div>
      ))}
    </dl>
  );
}
