export { fingerprintToWire } from '../values';
export { ACCOUNTS_WIRE } from './accounts-wire';
export { CHECKOUT_WIRE } from './checkout-wire';
export { inRoles } from './in-roles';
export { INVENTORY_WIRE } from './inventory-wire';
export type { WireMethod, WireTable } from './wire-table';
