import { INVENTORY_ROLES, INVENTORY_WIRE } from '@holdfast/contracts';
import { callServer, INVENTORY_CALLS } from '@holdfast/transport';

/** The calls of gateways, checkouts and accounts to inventory. */
export const INVENTORY_SERVER = callServer(INVENTORY_CALLS, INVENTORY_WIRE, INVENTORY_ROLES);
