/**
 * The database roles, all NOLOGIN: a connection uses a login of its service (`LOGINS`) and sets the role in
 * its startup packet, so the same migrations work on the embedded server and on one that provides a single
 * user.
 */
export const ROLES = {
  migrator: 'holdfast_migrator',
  inventory: 'holdfast_inventory',
  checkout: 'holdfast_checkout',
  sandbox: 'holdfast_sandbox',
  accounts: 'holdfast_accounts',
  cdc: 'holdfast_cdc',
  auditor: 'holdfast_auditor',
} as const;

export type Role = (typeof ROLES)[keyof typeof ROLES];
