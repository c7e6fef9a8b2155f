import type { BankChallenge } from '@holdfast/contracts';
import { assertNever, formatMoney } from '@holdfast/kernel';
import { escapeHtml, htmlPage } from './html';

/** The sandbox bank's page, where the shopper approves or declines a payment. */
export function bankPage(challenge: BankChallenge, nonce: string): string {
  return htmlPage(
    'Confirm your payment',
    `<h1>${heading(challenge)}</h1>${facts(challenge)}${actions(challenge, nonce)}`,
  );
}

function heading({ state }: BankChallenge): string {
  switch (state) {
    case 'open':
      return 'Confirm your payment';
    case 'approved':
      return 'You approved this payment';
    case 'denied':
      return 'You declined this payment';
    case 'over':
      return 'This payment has expired';
    default:
      return assertNever(state);
  }
}

function facts({ amount, reference }: BankChallenge): string {
  return `<dl><dt>To</dt><dd>Holdfast shop</dd><dt>Amount</dt><dd class="sum">${escapeHtml(formatMoney(amount))}</dd>
<dt>Reference</dt><dd><code>${escapeHtml(reference)}</code></dd></dl>`;
}

function actions({ state, reference, returnPath }: BankChallenge, nonce: string): string {
  if (state !== 'open') {
    const why =
      state === 'over' ? '<p>The time to confirm it has passed. Nothing more will be charged.</p>' : '';
    return `${why}<p><a class="button" href="${escapeHtml(safePath(returnPath))}">Back to the shop</a></p>`;
  }
  return `<form method="post" action="/sandbox/3ds/${encodeURIComponent(reference)}">
<input type="hidden" name="nonce" value="${escapeHtml(nonce)}">
<button class="main" name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Decline</button></form>
<p class="soft">This is a test bank. No real money is charged.</p>`;
}

/** A path on our own origin, whatever checkout says: this page must never become a way to send shoppers elsewhere. */
export function safePath(path: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/';
}
