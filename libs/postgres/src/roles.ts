/**
 * The database roles. None can log in: a connection logs in with a login of its service (`LOGINS`) and takes the role in its first packet, so
 * the same migrations work on the embedded server and on one that hands out a single user.
 */
export const ROLES = {
  migrator: 'holdfast_migrator',
  inventory: 'holdfast_inventory',
  checkout: 'holdfast_checkout',
  sandbox: 'holdfast_sandbox',
  cdc: 'holdfast_cdc',
  auditor: 'holdfast_auditor',
} as const;

export type Role = (typeof ROLES)[keyof typeof ROLES];
