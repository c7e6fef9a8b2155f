/** What the public contract (docs of the API) gives the pages. Kept by hand: the pages are a client like any other. */
export interface Money {
  amountMinor: number;
  currency: string;
}

export interface Counts {
  available: number;
  held: number;
  sold: number;
  version: number;
}

export interface Item {
  sku: string;
  name: string;
  price: Money;
  imageUrl?: string | null;
  stock: Counts & { total: number; asOf: string; stale: boolean };
}

export type DropState = 'draft' | 'scheduled' | 'open' | 'paused' | 'closed';

export interface Drop {
  id: string;
  name: string;
  description: string;
  imageUrl: string | null;
  state: DropState;
  opensAt: string | null;
  closesAt: string | null;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  serverTime: string;
  items: Item[];
}

/** A drop in the list: the first of its items, and what all of them come to. */
export interface ListedDrop extends Drop {
  itemCount: number;
  priceRange: { lowest: Money; highest: Money } | null;
  totals: { available: number; held: number; sold: number; total: number };
}

export interface Line {
  sku: string;
  quantity: number;
  price: Money;
}

export interface Hold {
  id: string;
  dropId: string;
  state: 'held' | 'confirmed' | 'released' | 'expired';
  lines: Line[];
  total: Money;
  expiresAt: string;
  createdAt: string;
}

export interface Order {
  id: string;
  holdId: string;
  dropId: string;
  state: 'pending' | 'paid' | 'failed' | 'cancelled' | 'refunding' | 'refunded';
  lines: Line[];
  total: Money;
  payment: { state: string; reference: string | null; nextAction?: { type: 'redirect'; url: string } };
  reason?: string;
  createdAt: string;
}

export interface Problem {
  code: string;
  title: string;
  detail: string;
  /** Of `limit-reached`: not this customer's own limit. */
  limitOf?: 'network';
  /** What is wrong with the request, each with a JSON pointer into it. */
  errors?: { pointer: string; message: string }[];
}
