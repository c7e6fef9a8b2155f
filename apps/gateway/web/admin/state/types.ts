import type { Schemas } from './api';

// As the API shows them. Types alone: they come from its document.
export type { StaffRole } from '@holdfast/contracts';

/** Who is signed in. */
export type Person = Schemas['SignedIn']['staff'];
export type Member = Schemas['StaffMember'];
export type Key = Schemas['ApiKey'];
export type Merchant = Schemas['Merchant'];

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export type AdminDrop = Schemas['AdminDrop'];
/** In a list, which has only the first items, and their sums. */
export type ListedDrop = Schemas['AdminDropSummary'];
export type DropStats = Schemas['DropStats'];
export type SeriesPoint = Schemas['SeriesPoint'];
export type Adjustment = Schemas['StockAdjustment'];
export type Product = Schemas['Product'];
/** Without the drop, which an import of products has none of. */
export type ImportResult = Omit<Schemas['ProductImport'], 'dropId'>;
export type Hold = Schemas['Hold'];
export type AdminOrder = Schemas['StaffOrder'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type AuditRecord = Schemas['AuditRecord'];
export type Rehearsal = Schemas['Rehearsal'];
