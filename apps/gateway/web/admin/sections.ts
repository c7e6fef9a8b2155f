import type { Scope } from '@holdfast/contracts';

/** The sections of the page, each with the scope without which it would show nothing. */
export const SECTIONS: readonly { to: string; name: string; scope?: Scope }[] = [
  { to: '/admin', name: 'Drops', scope: 'drops:read' },
  { to: '/admin/products', name: 'Products', scope: 'catalogue:read' },
  { to: '/admin/orders', name: 'Orders', scope: 'orders:read' },
  { to: '/admin/audit', name: 'Audit', scope: 'audit:read' },
  { to: '/admin/settings', name: 'Settings' },
];
