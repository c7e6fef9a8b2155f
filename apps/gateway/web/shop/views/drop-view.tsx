import { useEffect, useMemo } from 'preact/hooks';
import { formatCount, formatMoney } from '../../shared/money';
import { DropStore } from '../drop-store';
import { ChoosePanel } from '../parts/choose-panel';
import { Frame } from '../parts/frame';
import { HoldOffers } from '../parts/hold-offers';
import { LineBadge, LineBanner } from '../parts/line-badge';
import { NoticeBox } from '../parts/notice-box';
import { OrderPanel, SettlingPanel } from '../parts/order-panel';
import { PayPanel } from '../parts/pay-panel';
import { Picture } from '../parts/picture';
import { StockMeter } from '../parts/stock-meter';
import { Purchase } from '../purchase';
import { MissingView } from './missing-view';

/** The page of one drop, from choosing to the receipt. */
export function DropView({ dropId }: { dropId: string }) {
  const store = useMemo(() => new DropStore(dropId), [dropId]);
  const purchase = useMemo(() => new Purchase(store), [store]);
  useEffect(() => {
    void store.start();
    void purchase.resume(new URLSearchParams(location.search).get('order'));
  }, [store]);
  const drop = store.details.value;
  useEffect(() => {
    if (drop) document.title = `${drop.name} · Holdfast`;
  }, [drop?.name]);
  if (store.load.value === 'missing') return <MissingView />;
  if (!drop) {
    return (
      <Frame>
        <div class="plain" role="status">
          <h1 class="loading">
            {store.load.value === 'unreachable' ? 'The shop is not responding' : 'Loading…'}
          </h1>
          {store.load.value === 'unreachable' ? (
            <p>Retrying… If this continues, check your connection.</p>
          ) : (
            store.slow.value && <p>The shop has not responded yet. Still waiting…</p>
          )}
        </div>
      </Frame>
    );
  }
  return (
    <Frame aside={<LineBadge store={store} />}>
      <article class="drop">
        <DropPicture store={store} purchase={purchase} />
        <div class="drop-side">
          <LineBanner store={store} />
          <DropHead store={store} />
          <NoticeBox notice={purchase.notice} />
          <HoldOffers store={store} purchase={purchase} />
          <Panel store={store} purchase={purchase} />
          <p class="trouble" role="status">
            {purchase.trouble}
          </p>
        </div>
      </article>
    </Frame>
  );
}

function Panel({ store, purchase }: { store: DropStore; purchase: Purchase }) {
  const step = purchase.step.value;
  switch (step.kind) {
    case 'choose':
      return <ChoosePanel store={store} purchase={purchase} />;
    case 'held':
      return <PayPanel key={step.hold.id} store={store} purchase={purchase} hold={step.hold} />;
    case 'settling':
      return <SettlingPanel store={store} purchase={purchase} order={step.order} />;
    case 'done':
      return <OrderPanel store={store} purchase={purchase} order={step.order} />;
  }
}

/** The picture of what is chosen or held, else of the drop. */
function DropPicture({ store, purchase }: { store: DropStore; purchase: Purchase }) {
  const step = purchase.step.value;
  const sku =
    step.kind === 'choose'
      ? store.chosen.value
      : (step.kind === 'held' ? step.hold : step.order).lines[0]?.sku;
  const drop = store.details.value!;
  const item = sku ? store.item(sku) : undefined;
  return item?.imageUrl && item.imageUrl !== drop.imageUrl ? (
    <Picture src={item.imageUrl} name={item.name} eager />
  ) : (
    <Picture src={drop.imageUrl} name={drop.name} eager />
  );
}

function DropHead({ store }: { store: DropStore }) {
  const drop = store.details.value!;
  return (
    <header class="drop-head">
      <h1>{drop.name}</h1>
      <p class="price">{priceRange(store)}</p>
      {drop.description && <p class="description">{drop.description}</p>}
      <Totals store={store} />
    </header>
  );
}

function priceRange(store: DropStore): string {
  const prices = store.items.value.map((item) => item.price);
  if (prices.length === 0) return '';
  const sorted = [...prices].sort((a, b) => a.amountMinor - b.amountMinor);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  return low.amountMinor === high.amountMinor
    ? formatMoney(low)
    : `${formatMoney(low)} – ${formatMoney(high)}`;
}

/** All SKUs of the drop together. */
function Totals({ store }: { store: DropStore }) {
  if (!store.tellsNumbers) {
    return (
      <div class="totals">
        <p>
          <strong data-testid="left">{store.words}</strong>
        </p>
      </div>
    );
  }
  const counts = { available: store.left.value, held: store.held.value, sold: store.sold.value };
  return (
    <div class="totals">
      <p>
        <strong data-testid="left">{formatCount(counts.available)}</strong> left
        <span class="soft">
          {' '}
          · {formatCount(counts.held)} on hold · {formatCount(counts.sold)} sold
        </span>
      </p>
      <StockMeter counts={counts} />
    </div>
  );
}
