/**
 * The database roles, all NOLOGIN: a connection uses a login of its service (`LOGINS`) and sets the role in
 * its startup packet, so the same migrations work on the embedded server and on one that provides a single
 * user.
 */
export const ROLES = {
  migrator: 'holdfast_migrator',
  inventory: 'holdfast_inventory',
  /** What merchants read and change: row-level security shows it the rows of one merchant (`asMerchant`). */
  inventoryMerchant: 'holdfast_inventory_merchant',
  checkout: 'holdfast_checkout',
  checkoutMerchant: 'holdfast_checkout_merchant',
  sandbox: 'holdfast_sandbox',
  accounts: 'holdfast_accounts',
  cdc: 'holdfast_cdc',
  auditor: 'holdfast_auditor',
} as const;

/**
 * Roles whose members may also set another role, which sees less. So a login that may work as a service may
 * work as its merchants, and no login has to be granted anything anew.
 */
export const ROLES_WITHIN: Partial<Record<Role, Role>> = {
  [ROLES.inventory]: ROLES.inventoryMerchant,
  [ROLES.checkout]: ROLES.checkoutMerchant,
};

export type Role = (typeof ROLES)[keyof typeof ROLES];
