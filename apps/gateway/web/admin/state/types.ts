import type { ApiKey, DropView, Merchant as StoredMerchant, StaffMember } from '@holdfast/contracts';
import type { Money } from '../../shared/types';

// As the API shows them; types alone, nothing of the server's code reaches the browser.
export type { StaffRole } from '@holdfast/contracts';

/** Who is signed in. */
export type Person = Pick<StaffMember, 'id' | 'email' | 'name' | 'role' | 'merchantId' | 'mfa'>;
export type Member = Omit<StaffMember, 'merchantId'>;
export type Key = Omit<ApiKey, 'merchantId'>;
export type Merchant = Omit<StoredMerchant, 'revision'>;

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type StockDisplay = 'exact' | 'bands' | 'hidden';

export interface AdminDrop extends DropView {
  revision: number;
  stockDisplay: StockDisplay;
  createdAt: string;
  ghostOf: string | null;
  /** In a list, which has only the first items. */
  itemCount?: number;
  totals?: { available: number; held: number; sold: number; total: number };
}

export interface Adjustment {
  id: string;
  sku: string;
  delta: number;
  reason: string;
  actor: Actor;
  createdAt: string;
}

export interface Actor {
  kind: string;
  id: string;
  label?: string;
}

export interface Sku {
  sku: string;
  name: string;
  price: Money;
}

export interface Product {
  id: string;
  handle: string;
  name: string;
  description: string;
  imageUrls: string[];
  skus: Sku[];
  createdAt: string;
  updatedAt: string;
}

export interface ImportResult {
  products: number;
  skus: number;
  units: number;
  rejected: { line: number; reason: string }[];
  notes: { line: number; note: string }[];
}

export interface AdminOrder {
  id: string;
  holdId: string;
  dropId: string;
  state: string;
  email: string | null;
  customerId: string;
  lines: { sku: string; quantity: number; price: Money }[];
  total: Money;
  payment: { provider: string; reference: string | null; state: string };
  reason?: string;
  createdAt: string;
}

export interface AuditRecord {
  seq: number;
  at: string;
  actor: Actor;
  action: string;
  target: { kind: string; id: string };
  change: Record<string, unknown>;
  requestId: string | null;
  address: string | null;
  hash: string;
}
