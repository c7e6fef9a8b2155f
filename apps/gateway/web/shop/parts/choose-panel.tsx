import { useSignal, useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { spokenDuration } from '../../shared/duration';
import { formatMoney, times } from '../../shared/money';
import { announce } from '../../shared/announce';
import type { DropStore } from '../drop-store';
import type { Purchase } from '../purchase';
import { countsIn, isGone, stockWords } from '../shown';
import { dropClosedWords } from '../words';
import { Countdown } from '../../shared/parts/countdown';
import { OptionList } from './option-list';
import { Quantity } from './quantity';

const QUANTITY_MAX = 100;

/** Options, quantity and the button that places the hold. */
export function ChoosePanel({ store, purchase }: { store: DropStore; purchase: Purchase }) {
  const choice = store.chosen;
  const quantity = useSignal(1);
  const drop = store.details.value!;
  const item = store.item(choice.value);
  const shown = item ? store.stock(item.sku).value : null;
  const available = (shown && countsIn(shown)?.available) ?? QUANTITY_MAX;
  const max = Math.min(drop.perCustomerLimit, QUANTITY_MAX, Math.max(1, available));
  const wanted = Math.min(quantity.value, max);
  useSpokenCounts(store, choice);
  const hold = (event: Event) => {
    event.preventDefault();
    if (item) void purchase.hold(item.sku, wanted);
  };
  return (
    <form class="panel" onSubmit={hold}>
      <DropWords store={store} />
      <OptionList store={store} choice={choice} />
      <div class={item ? 'buy buy-at-hand' : 'buy'}>
        <Quantity value={quantity} max={max} />
        <div class="sum">
          <span class="soft">{wanted > 1 && item ? `${wanted} × ${formatMoney(item.price)}` : 'Total'}</span>
          <strong>{item ? formatMoney(times(item.price, wanted)) : '–'}</strong>
        </div>
        <HoldButton
          store={store}
          purchase={purchase}
          chosen={item?.name ?? null}
          gone={shown !== null && isGone(shown)}
        />
      </div>
      <p class="soft fine">
        A hold is free and lasts {spokenDuration(drop.holdTtlSeconds * 1000)}. Limit: {drop.perCustomerLimit}{' '}
        per customer.
      </p>
    </form>
  );
}

interface HoldButtonProps {
  store: DropStore;
  purchase: Purchase;
  chosen: string | null;
  /** What was chosen is sold out. */
  gone: boolean;
}

function HoldButton({ store, purchase, chosen, gone }: HoldButtonProps) {
  const open = store.state.value === 'open';
  const busy = purchase.busy.value;
  const soldOut = store.gone || gone;
  const ready = open && chosen !== null && !soldOut;
  const text = busy
    ? busy === 'hold'
      ? 'Holding…'
      : 'Loading your holds…'
    : !open
      ? closedText(store)
      : soldOut
        ? 'Sold out'
        : chosen
          ? `Hold ${chosen}`
          : 'Choose an option';
  return (
    <button class="main" type="submit" disabled={!ready || busy !== null} aria-busy={busy !== null}>
      {text}
    </button>
  );
}

function closedText(store: DropStore): string {
  return dropClosedWords(store.state.value)?.title ?? 'Not open';
}

/** Why holds cannot be placed at the moment. */
function DropWords({ store }: { store: DropStore }) {
  const drop = store.details.value!;
  const state = store.state.value;
  const words = dropClosedWords(state);
  if (words) {
    return (
      <div class="state">
        {state === 'scheduled' && drop.opensAt ? (
          <Countdown to={drop.opensAt} label="Opens in" />
        ) : (
          <strong class="state-title">{words.title}</strong>
        )}
        <p>{words.text}</p>
      </div>
    );
  }
  if (store.gone) {
    const held = store.held.value;
    return (
      <div class="state">
        <strong class="state-title">Sold out</strong>
        <p>
          {held > 0
            ? `All units are sold or on hold. The ${held} on hold may become available again: this page updates automatically.`
            : store.tellsNumbers
              ? 'All units have been sold. Thank you for visiting.'
              : 'Units on hold may become available again: this page updates automatically.'}
        </p>
      </div>
    );
  }
  return drop.closesAt ? <Countdown to={drop.closesAt} label="Closes in" /> : null;
}

/** Announces the counts of the chosen item to screen readers: at once when it sells out or is available again, else at most every ten seconds. */
function useSpokenCounts(store: DropStore, choice: { value: string }): void {
  const last = useRef<{ sku: string; words: string; gone: boolean } | null>(null);
  useSignalEffect(() => {
    const item = store.item(choice.value);
    if (!item) return;
    const shown = store.stock(item.sku).value;
    const before = last.current;
    const now = { sku: item.sku, words: stockWords(shown), gone: isGone(shown) };
    last.current = now;
    if (before?.sku !== item.sku || before.words === now.words) return;
    announce(`${item.name}: ${now.words}`, before.gone || now.gone);
  });
}
