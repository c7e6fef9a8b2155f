import type { DropChange, DropFields, DropState, FieldErrors, StockDisplay } from '@holdfast/contracts';
import { parseTimestamp } from './new-drop';

/** A drop before a change, as far as the rules look at it. */
export interface DropBefore {
  state: DropState;
  name: string;
  description: string;
  imageUrl: string | null;
  opensAt: string | null;
  closesAt: string | null;
  perCustomerLimit: number;
  holdTtlSeconds: number;
  stockDisplay: StockDisplay;
}

export type ChangePlan =
  | { kind: 'change'; next: Omit<DropBefore, 'state'> }
  /** The drop has opened: these fields cannot change any more. */
  | { kind: 'locked'; errors: FieldErrors }
  | { kind: 'invalid'; errors: FieldErrors };

/** What can still change when a drop has opened. The limit per customer can only grow. */
const OPEN_FIELDS: ReadonlySet<string> = new Set<keyof DropFields>([
  'name',
  'description',
  'imageUrl',
  'closesAt',
  'perCustomerLimit',
  'stockDisplay',
]);

/** Decides on a change by the state of the drop and the ledger's clock. Items are decided on by `resolveItems`. */
export function planChange(before: DropBefore, change: DropChange, nowMs: number): ChangePlan {
  const locked = lockedFields(before, change);
  if (locked.length > 0) return { kind: 'locked', errors: locked };
  const { items: _items, mode: _mode, ...fields } = change;
  const { state, ...rest } = before;
  const next = { ...rest, ...fields };
  const errors = timeErrors(change, next, nowMs);
  if (state === 'scheduled' && next.opensAt === null)
    errors.push({ pointer: '/opensAt', message: 'is needed while the drop is scheduled' });
  return errors.length > 0 ? { kind: 'invalid', errors } : { kind: 'change', next };
}

function lockedFields({ state, perCustomerLimit }: DropBefore, change: DropChange): FieldErrors {
  if (state === 'draft' || state === 'scheduled') return [];
  const errors = Object.keys(change)
    .filter((field) => !OPEN_FIELDS.has(field))
    .map((field) => ({ pointer: `/${field}`, message: 'cannot change once the drop has opened' }));
  if (change.perCustomerLimit !== undefined && change.perCustomerLimit < perCustomerLimit)
    errors.push({ pointer: '/perCustomerLimit', message: 'can only grow once the drop has opened' });
  // It would look as if the drop could open again.
  if (state === 'closed' && change.closesAt !== undefined)
    errors.push({ pointer: '/closesAt', message: 'cannot change once the drop has closed' });
  return errors;
}

type Times = Pick<DropFields, 'opensAt' | 'closesAt'>;

/** What is wrong with the times that are given, and with the order of those that result. */
export function timeErrors(given: Partial<Times>, next: Times, nowMs: number): FieldErrors {
  const errors: FieldErrors = [];
  const isPast = (time: string | null | undefined) => typeof time === 'string' && msOf(time) <= nowMs;
  if (isPast(given.opensAt)) errors.push({ pointer: '/opensAt', message: 'is in the past' });
  if (isPast(given.closesAt)) errors.push({ pointer: '/closesAt', message: 'is in the past' });
  const { opensAt, closesAt } = next;
  const isGiven = given.opensAt !== undefined || given.closesAt !== undefined;
  if (errors.length === 0 && isGiven && opensAt && closesAt && msOf(closesAt) <= msOf(opensAt)) {
    const pointer = given.closesAt === undefined ? '/opensAt' : '/closesAt';
    errors.push({ pointer, message: 'the drop must close after it opens' });
  }
  return errors;
}

function msOf(time: string): number {
  return parseTimestamp(time) ?? Number.NaN;
}
