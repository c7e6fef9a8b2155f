import type { WebhookDelivery } from '@holdfast/contracts';

/** What a provider's webhook is good for: it says that something happened to an order's charge. What, is asked of the provider. */
export interface WebhookEvent {
  eventId: string;
  type: string;
  orderId: string;
}

export type WebhookReading =
  { kind: 'event'; event: WebhookEvent } | { kind: 'bad-signature' } | { kind: 'malformed' };

/** Checks and decodes the deliveries of one provider. */
export abstract class WebhookReader {
  abstract readonly provider: string;
  abstract read(delivery: WebhookDelivery): WebhookReading;
}
