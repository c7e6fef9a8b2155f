import { ACCOUNTS_ROLES, ACCOUNTS_WIRE } from '@holdfast/contracts';
import { ACCOUNTS_CALLS, callServer } from '@holdfast/transport';

/** The calls of gateways to accounts. */
export const ACCOUNTS_SERVER = callServer(ACCOUNTS_CALLS, ACCOUNTS_WIRE, ACCOUNTS_ROLES);
