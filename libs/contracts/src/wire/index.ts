export { fingerprintToWire } from '../values';
export { ACCOUNTS_WIRE, type AccountsCalls } from './accounts-wire';
export { CHECKOUT_WIRE, type CheckoutCalls } from './checkout-wire';
export { inRoles } from './in-roles';
export { INVENTORY_WIRE, type InventoryCalls } from './inventory-wire';
export type { WireMethod, WireTable } from './wire-table';
