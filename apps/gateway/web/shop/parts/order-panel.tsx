import { assertNever } from '../assert-never';
import { formatMoment } from '../../shared/duration';
import type { Order } from '../../shared/types';
import type { DropStore } from '../drop-store';
import { bankAddress } from '../bank-address';
import type { Purchase } from '../purchase';
import { orderReason } from '../words';
import { OrderLines } from './order-lines';
import { PanelTitle } from './panel-title';

/** The payment is under way. */
export function SettlingPanel({
  store,
  purchase,
  order,
}: {
  store: DropStore;
  purchase: Purchase;
  order: Order;
}) {
  const bank = bankAddress(order.payment.nextAction?.url, location.href);
  const sending = purchase.busy.value === 'pay';
  return (
    <section class="panel">
      <PanelTitle>{bank ? 'Your bank wants to ask you' : 'The payment is on its way'}</PanelTitle>
      <p class="waiting">
        <i class="spinner" aria-hidden="true" />
        {bank
          ? sending
            ? 'Taking you to your bank…'
            : 'Say yes or no on your bank’s page. The units stay yours meanwhile.'
          : order.state === 'refunding'
            ? 'Your money is on its way back.'
            : 'The bank has not answered yet. You need not do anything: this page shows the result.'}
      </p>
      <OrderLines store={store} lines={order.lines} total={order.total} />
      {bank && (
        <a class="main" href={bank}>
          Go to your bank
        </a>
      )}
    </section>
  );
}

/** What became of the order. */
export function OrderPanel({
  store,
  purchase,
  order,
}: {
  store: DropStore;
  purchase: Purchase;
  order: Order;
}) {
  const { title, text, good } = words(order);
  return (
    <section class={`panel receipt${good ? ' receipt-good' : ''}`}>
      {good && (
        <svg class="tick" viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r="22" />
          <path d="M14 25l7 7 13-15" />
        </svg>
      )}
      <PanelTitle>{title}</PanelTitle>
      <p>{text}</p>
      <OrderLines store={store} lines={order.lines} total={order.total} />
      <p class="soft fine">
        Order <code>{order.id}</code>
        <br />
        {formatMoment(order.createdAt)}
      </p>
      <button class="quiet" type="button" onClick={() => purchase.backToTheDrop()}>
        Back to the drop
      </button>
    </section>
  );
}

function words({ state, reason }: Order): { title: string; text: string; good: boolean } {
  switch (state) {
    case 'paid':
      return {
        title: 'It is yours',
        text: 'Paid, and sold to you. Keep the order number below: it is your receipt.',
        good: true,
      };
    case 'failed':
    case 'cancelled':
      return { title: 'Not paid', text: `${orderReason(reason)} Nothing was charged.`, good: false };
    case 'refunded':
      return {
        title: 'Money returned',
        text: `${orderReason(reason)} You got everything back.`,
        good: false,
      };
    case 'refunding':
      return { title: 'Money on its way back', text: orderReason(reason), good: false };
    case 'pending':
      return { title: 'On its way', text: 'The bank has not answered yet.', good: false };
    default:
      return assertNever(state);
  }
}
