import { clockText } from '../../shared/duration';
import { untilMs } from '../../shared/server-clock';
import type { Hold } from '../../shared/types';
import type { DropStore } from '../drop-store';
import type { Purchase } from '../purchase';

const SHOWN_MAX = 5;

/** Live holds beside what is shown: from another tab, or from before. Each can be paid for here. */
export function HoldOffers({ store, purchase }: { store: DropStore; purchase: Purchase }) {
  const step = purchase.step.value.kind;
  const holds = purchase.others.value;
  if (holds.length === 0 || step === 'settling') return null;
  return (
    <section class="offers" aria-labelledby="offers-title">
      <h2 id="offers-title">
        {step === 'choose' ? 'Your holds in this drop' : 'Your other holds in this drop'}
      </h2>
      <ul>
        {holds.slice(0, SHOWN_MAX).map((hold) => (
          <Offer key={hold.id} hold={hold} store={store} purchase={purchase} />
        ))}
      </ul>
      {holds.length > SHOWN_MAX && <p class="soft fine">And {holds.length - SHOWN_MAX} more.</p>}
    </section>
  );
}

function Offer({ hold, store, purchase }: { hold: Hold; store: DropStore; purchase: Purchase }) {
  const left = untilMs(hold.expiresAt);
  const goods = hold.lines
    .map(({ sku, quantity }) => `${quantity} × ${store.item(sku)?.name ?? sku}`)
    .join(', ');
  return (
    <li>
      <span class="offer-goods">
        {goods}
        <span class="soft" role="timer">
          Expires in {left === undefined ? '–:––' : clockText(left)}
        </span>
      </span>
      <button
        class="quiet"
        type="button"
        disabled={purchase.busy.value !== null}
        aria-label={`Pay for ${goods}`}
        onClick={() => void purchase.take(hold)}
      >
        Pay
      </button>
    </li>
  );
}
