import type { WebhookDelivery } from '@holdfast/contracts';

/** A provider's webhook only shows that the charge of an order has changed. Its state is read from the provider. */
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
