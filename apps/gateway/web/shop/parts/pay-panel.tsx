import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatMoney } from '../../shared/money';
import type { Hold } from '../../shared/types';
import type { DropStore } from '../drop-store';
import { emailFault } from '../fields';
import type { Purchase } from '../purchase';
import { acceptedCards } from '../words';

const CARDS = acceptedCards(document.getElementById('shop')!);
import { FieldFault } from '../../shared/parts/field-fault';
import { HoldTimer } from './hold-timer';
import { OrderLines } from './order-lines';
import { PanelTitle } from './panel-title';

/** The hold with its time, and the payment. */
export function PayPanel({ store, purchase, hold }: { store: DropStore; purchase: Purchase; hold: Hold }) {
  const email = useSignal('');
  const card = useSignal<string>(CARDS[0]![0]);
  const emailInput = useRef<HTMLInputElement>(null);
  const cardSelect = useRef<HTMLSelectElement>(null);
  const busy = purchase.busy.value;
  const refused = purchase.refused.value;
  // The field that has to change takes the focus, and screen readers say why.
  useEffect(() => {
    if (refused.email) emailInput.current?.focus();
    else if (refused.card) cardSelect.current?.focus();
  }, [refused]);
  const pay = (event: Event) => {
    event.preventDefault();
    const fault = emailFault(emailInput.current!);
    if (fault) purchase.refused.value = { email: fault };
    else void purchase.pay(emailInput.current!.value, card.value);
  };
  return (
    <form class="panel" onSubmit={pay} noValidate>
      <PanelTitle>On hold for you</PanelTitle>
      <HoldTimer hold={hold} onOver={() => void purchase.timeIsOver()} />
      <OrderLines store={store} lines={hold.lines} total={hold.total} />
      <div class="field">
        <label for="email">Email for your order</label>
        <input
          id="email"
          ref={emailInput}
          type="email"
          required
          autocomplete="email"
          placeholder="you@example.com"
          value={email}
          aria-invalid={refused.email ? 'true' : undefined}
          aria-describedby={refused.email ? 'email-fault' : undefined}
          onInput={(event) => {
            email.value = event.currentTarget.value;
            if (refused.email) purchase.refused.value = { ...refused, email: undefined };
          }}
        />
        <FieldFault id="email-fault" text={refused.email} />
      </div>
      <div class="field">
        <label for="card">Test card</label>
        <div class="select">
          <select
            id="card"
            ref={cardSelect}
            value={card}
            aria-invalid={refused.card ? 'true' : undefined}
            aria-describedby={refused.card ? 'card-fault' : undefined}
            onInput={(event) => {
              card.value = event.currentTarget.value;
              if (refused.card) purchase.refused.value = { ...refused, card: undefined };
            }}
          >
            {CARDS.map(([token, words]) => (
              <option key={token} value={token}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <FieldFault id="card-fault" text={refused.card} />
        <p class="soft fine">
          Test mode: no real money is charged. The card determines the outcome of the payment.
        </p>
      </div>
      <button class="main" type="submit" disabled={busy !== null} aria-busy={busy === 'pay'}>
        {busy === 'pay' ? 'Paying…' : `Pay ${formatMoney(hold.total)}`}
      </button>
      <div class="quiet-row">
        <button class="quiet" type="button" disabled={busy !== null} onClick={() => void purchase.release()}>
          {busy === 'release' ? 'Releasing…' : 'Release'}
        </button>
        <button class="quiet" type="button" disabled={busy !== null} onClick={() => purchase.backToTheDrop()}>
          Back to the drop
        </button>
      </div>
    </form>
  );
}
