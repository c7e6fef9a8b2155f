export { CHECKOUT_WIRE, webhookToWire, type WebhookOnTheWire } from './checkout-wire';
export { INVENTORY_WIRE } from './inventory-wire';
export type { WireMethod, WireTable } from './wire-table';
