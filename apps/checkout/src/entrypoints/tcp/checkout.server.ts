import { CHECKOUT_ROLES, CHECKOUT_WIRE } from '@holdfast/contracts';
import { callServer, CHECKOUT_CALLS } from '@holdfast/transport';

/** The calls of gateways to checkout. */
export const CHECKOUT_SERVER = callServer(CHECKOUT_CALLS, CHECKOUT_WIRE, CHECKOUT_ROLES);
