import { assertNever } from '../../shared/assert-never';
import { formatMoment } from '../../shared/duration';
import type { Order } from '../../shared/types';
import type { DropStore } from '../drop-store';
import { bankAddress } from '../bank-address';
import type { Purchase } from '../purchase';
import { orderReason } from '../words';
import { OrderLines } from './order-lines';
import { PanelTitle } from './panel-title';

/** The payment is in progress. */
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
      <PanelTitle>{bank ? 'Confirm with your bank' : 'Payment processing'}</PanelTitle>
      <p class="waiting">
        <i class="spinner" aria-hidden="true" />
        {bank
          ? sending
            ? 'Redirecting to your bank…'
            : 'Approve or decline the payment on your bank’s page. Your hold stays active in the meantime.'
          : order.state === 'refunding'
            ? 'Your refund is being processed.'
            : 'Waiting for the bank. You do not need to do anything: this page shows the result.'}
      </p>
      <OrderLines store={store} lines={order.lines} total={order.total} />
      {bank && (
        <a class="main" href={bank}>
          Continue to your bank
        </a>
      )}
    </section>
  );
}

/** The outcome of the order. */
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
        title: 'Order confirmed',
        text: 'Your payment was successful. Keep the order number below as your receipt.',
        good: true,
      };
    case 'failed':
    case 'cancelled':
      return { title: 'Order not paid', text: `${orderReason(reason)} Nothing was charged.`, good: false };
    case 'refunded':
      return {
        title: 'Order refunded',
        text: `${orderReason(reason)} You have been refunded in full.`,
        good: false,
      };
    case 'refunding':
      return { title: 'Refund in progress', text: orderReason(reason), good: false };
    case 'pending':
      return { title: 'Payment processing', text: 'Waiting for the bank.', good: false };
    default:
      return assertNever(state);
  }
}
