import { useSignal } from '@preact/signals';
import { formatMoney } from '../../shared/money';
import type { Hold } from '../../shared/types';
import type { DropStore } from '../drop-store';
import type { Purchase } from '../purchase';
import { TEST_CARDS } from '../words';
import { HoldTimer } from './hold-timer';
import { OrderLines } from './order-lines';
import { PanelTitle } from './panel-title';

/** The hold with its time, and the payment. */
export function PayPanel({ store, purchase, hold }: { store: DropStore; purchase: Purchase; hold: Hold }) {
  const email = useSignal('');
  const card = useSignal<string>(TEST_CARDS[0][0]);
  const busy = purchase.busy.value;
  const pay = (event: Event) => {
    event.preventDefault();
    void purchase.pay(email.value.trim(), card.value);
  };
  return (
    <form class="panel" onSubmit={pay}>
      <PanelTitle>On hold for you</PanelTitle>
      <HoldTimer hold={hold} onOver={() => void purchase.timeIsOver()} />
      <OrderLines store={store} lines={hold.lines} total={hold.total} />
      <div class="field">
        <label for="email">Your email, kept with the order</label>
        <input
          id="email"
          type="email"
          required
          maxLength={200}
          autocomplete="email"
          placeholder="you@example.com"
          value={email}
          onInput={(event) => (email.value = event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for="card">Test card</label>
        <div class="select">
          <select id="card" value={card} onInput={(event) => (card.value = event.currentTarget.value)}>
            {TEST_CARDS.map(([token, words]) => (
              <option key={token} value={token}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <p class="soft fine">Nothing is charged in reality: the card decides how the payment goes.</p>
      </div>
      <button class="main" type="submit" disabled={busy !== null} aria-busy={busy === 'pay'}>
        {busy === 'pay' ? 'Paying…' : `Pay ${formatMoney(hold.total)}`}
      </button>
      <button class="quiet" type="button" disabled={busy !== null} onClick={() => void purchase.giveBack()}>
        {busy === 'give-back' ? 'Giving it back…' : 'Give it back'}
      </button>
    </form>
  );
}
