import { randomBytes } from 'node:crypto';
import type { ChangeOrigin, MerchantCommand, RequestKey } from '@holdfast/contracts';

export const BY: ChangeOrigin = {
  actor: { kind: 'staff', id: 'stf_1', label: 'ann@shop.example' },
  requestId: 'req-1',
  address: '203.0.113.9',
};

/** What a request of a merchant's staff carries, with a key of its own. */
export function merchantCommand(
  merchantId = 'mer_test',
  key = randomBytes(32).toString('hex'),
  fingerprint = 'f',
): MerchantCommand & { request: RequestKey } {
  return { merchantId, by: BY, request: { key, fingerprint } };
}
