import type { Signal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { formatCount, formatMoney } from '../../shared/money';
import type { Item } from '../../shared/types';
import type { DropStore } from '../drop-store';
import { countsIn, isGone, isLow, stockWords } from '../shown';
import { StockMeter } from './stock-meter';

const TILES_MAX = 24;
const TILE_NAME_MAX = 12;
const SEARCH_FROM = 13;
const ROWS_MAX = 60; // each row is rendered again when its counts change

/** The items to choose from, with their live counts. */
export function OptionList({ store, choice }: { store: DropStore; choice: Signal<string> }) {
  const items = store.items.value;
  const [query, setQuery] = useState('');
  const [hideGone, setHideGone] = useState(false);
  const found = useMemo(() => search(items, query, hideGone, store), [items, query, hideGone]);
  const shown = found.slice(0, ROWS_MAX);
  const tiles = items.length <= TILES_MAX && items.every((item) => item.name.length <= TILE_NAME_MAX);
  const onePrice = items.every((item) => item.price.amountMinor === items[0]!.price.amountMinor);
  return (
    <fieldset class="options">
      <legend>Choose an option</legend>
      {items.length >= SEARCH_FROM && (
        <div class="search">
          <label class="unseen" for="search">
            Search {formatCount(items.length)} items
          </label>
          <input
            id="search"
            type="search"
            autocomplete="off"
            placeholder={`Search ${formatCount(items.length)} items`}
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <label class="check">
            <input
              type="checkbox"
              checked={hideGone}
              onInput={(event) => setHideGone(event.currentTarget.checked)}
            />
            Available only
          </label>
        </div>
      )}
      <div class={tiles ? 'tiles' : 'rows'}>
        {shown.map((item) => (
          <Option key={item.sku} item={item} store={store} choice={choice} showPrice={!onePrice} />
        ))}
      </div>
      {found.length === 0 && <p class="soft">No matching items.</p>}
      {found.length > shown.length && (
        <p class="soft">
          Showing {shown.length} of {formatCount(found.length)}. Search by name or SKU to narrow the list.
        </p>
      )}
    </fieldset>
  );
}

interface OptionProps {
  item: Item;
  store: DropStore;
  choice: Signal<string>;
  showPrice: boolean;
}

function Option({ item, store, choice, showPrice }: OptionProps) {
  const shown = store.stock(item.sku).value;
  const gone = isGone(shown);
  return (
    <label class={`option${gone ? ' option-gone' : ''}`} data-sku={item.sku}>
      <input
        type="radio"
        name="sku"
        value={item.sku}
        checked={choice.value === item.sku}
        disabled={gone && choice.value !== item.sku}
        onInput={() => (choice.value = item.sku)}
      />
      <span class="option-face">
        <span class="option-name">{item.name}</span>
        {showPrice && <span class="option-price">{formatMoney(item.price)}</span>}
        <span class={`option-stock${isLow(shown) ? ' low' : ''}`}>{stockWords(shown)}</span>
        <StockMeter counts={countsIn(shown)} />
      </span>
    </label>
  );
}

/** Every word of the query must be in the name or the SKU. Counts do not affect the order, so that the list does not jump when they change. */
function search(items: readonly Item[], query: string, hideGone: boolean, store: DropStore): readonly Item[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && !hideGone) return items;
  return items.filter((item) => {
    const text = `${item.name} ${item.sku}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
    return !hideGone || !isGone(store.stock(item.sku).peek());
  });
}
