import {
  type ChangeMerchantDrop,
  type CreateMerchantDrop,
  type DeleteMerchantDrop,
  type DropCommand,
  type DropRefusal,
  InvalidDrop,
  type MerchantDropRead,
  type NewDrop,
  type ScheduleMerchantDrop,
  type StepMerchantDrop,
  type WantedRevisions,
} from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { dropStep } from '../../../domain/drop-lifecycle';
import { planChange, timeErrors } from '../../../domain/drop-change';
import { checkNewDrop } from '../../../domain/new-drop';
import { sql } from '../drops/sql/sql.generated';
import { insertDrop } from '../drops/write-drop';
import type { Fact, Worked } from '../merchants/merchant-changes';
import { countsOf, factOf, stepFact, summaryOf } from './facts';
import { completeItems, replaceItems } from './items';
import { type OwnDrop, readHead, readMerchantDrop } from './read-merchant-drop';

// Each of these runs in a transaction of `MerchantChanges`.

type Work = Promise<Worked<MerchantDropRead, DropRefusal>>;

export async function createDrop(
  client: PoolClient,
  { merchantId, by, drop: wanted }: CreateMerchantDrop,
  dropId: string,
  draftsMax: number | null,
): Work {
  const resolved = await completeItems(client, merchantId, wanted.items);
  const errors = timeErrors(wanted, wanted, await nowMs(client));
  if (resolved.kind === 'invalid') return invalid([...resolved.errors, ...errors]);
  if (errors.length > 0) return invalid(errors);
  const { stockDisplay, items: _items, mode: _mode, ...fields } = wanted;
  const drop: NewDrop = { ...fields, items: resolved.items };
  const wrong = problemOf(drop);
  if (wrong) return wrong;
  await insertDrop(client, { dropId, merchantId, actor: by.actor.id }, drop, { stockDisplay, draft: true });
  const full = await tooManyDrafts(client, merchantId, draftsMax);
  if (full) return full;
  return done({ merchantId, dropId }, factOf('created', dropId, summaryOf(drop)));
}

export async function duplicateDrop(
  client: PoolClient,
  { merchantId, dropId: from, by }: DropCommand,
  dropId: string,
  draftsMax: number | null,
): Work {
  const original = await readMerchantDrop(client, { merchantId, dropId: from });
  if (!original) return refused({ kind: 'not-found' });
  const { name, description, imageUrl, perCustomerLimit, holdTtlSeconds, stockDisplay } = original.drop;
  const unitsOf = new Map(original.stock.map(({ sku, total }) => [sku, total]));
  const items = original.drop.items.map(({ price, ...item }) => ({
    ...item,
    priceMinor: price.amountMinor,
    currency: price.currency,
    units: unitsOf.get(item.sku) ?? 0,
  }));
  const fields = { name, description, imageUrl, perCustomerLimit, holdTtlSeconds };
  const drop = { ...fields, opensAt: null, closesAt: null, items };
  await insertDrop(client, { dropId, merchantId, actor: by.actor.id }, drop, { stockDisplay, draft: true });
  const full = await tooManyDrafts(client, merchantId, draftsMax);
  if (full) return full;
  return done({ merchantId, dropId }, factOf('duplicated', dropId, { from, ...summaryOf(drop) }));
}

export async function changeDrop(
  client: PoolClient,
  { merchantId, dropId, by, change, ifMatch }: ChangeMerchantDrop,
): Work {
  const own = { merchantId, dropId };
  const head = await lockDrop(client, own);
  if (!head) return refused({ kind: 'not-found' });
  const { revision } = head.drop;
  if (ifMatch === null) return refused({ kind: 'precondition-required' });
  if (!isWanted(ifMatch, revision)) return refused({ kind: 'revision-mismatch' });
  const plan = planChange(head.drop, change, head.nowMs);
  if (plan.kind !== 'change') return refused(plan);
  if (Object.keys(change).length === 0) return done(own);
  const { name, description, imageUrl, opensAt, closesAt } = plan.next;
  const { perCustomerLimit, holdTtlSeconds, stockDisplay } = plan.next;
  if (change.items) {
    await client.query({ ...sql.lockDropSkus, values: [merchantId, change.items.map(({ sku }) => sku)] });
    const resolved = await completeItems(client, merchantId, change.items);
    if (resolved.kind === 'invalid') return refused(resolved);
    const wrong = problemOf({ ...plan.next, items: resolved.items });
    if (wrong) return wrong;
    const changed = { dropId, revision: revision + 1, actor: by.actor.id, stockDisplay };
    await replaceItems(client, changed, resolved.items);
  }
  const values = [dropId, merchantId, name, description, imageUrl, opensAt, closesAt];
  await client.query({
    ...sql.changeDrop,
    values: [...values, perCustomerLimit, holdTtlSeconds, stockDisplay],
  });
  await client.query({ ...sql.setStockDisplay, values: [dropId, stockDisplay] });
  const { items, ...fields } = change;
  const told = { ...fields, ...(items ? countsOf(items.map(({ total }) => total)) : {}) };
  return done(own, factOf('changed', dropId, told));
}

export async function scheduleDrop(
  client: PoolClient,
  { merchantId, dropId, opensAt, closesAt: closes }: ScheduleMerchantDrop,
  dropsMax: number | null,
): Work {
  const own = { merchantId, dropId };
  const head = await lockDrop(client, own);
  if (!head) return refused({ kind: 'not-found' });
  const { state, closesAt: closesBefore, opensAt: opensBefore } = head.drop;
  const closesAt = closes === undefined ? closesBefore : closes;
  const given = closes === undefined ? { opensAt } : { opensAt, closesAt: closes };
  const wrong = timeErrors(given, { opensAt, closesAt: closes ?? null }, head.nowMs);
  if (wrong.length > 0) return invalid(wrong);
  const { from, to } = dropStep('schedule');
  if (!from.includes(state)) return refused({ kind: 'invalid-transition', state });
  const errors = timeErrors(given, { opensAt, closesAt }, head.nowMs);
  if (errors.length > 0) return invalid(errors);
  const isSame = isSameTime(opensAt, opensBefore) && isSameTime(closesAt, closesBefore);
  if (state === to && isSame) return done(own);
  const full = state === 'draft' ? await tooManyDrops(client, merchantId, dropsMax) : null;
  if (full) return full;
  await client.query({ ...sql.scheduleDrop, values: [dropId, merchantId, opensAt, closesAt] });
  return done(own, factOf('scheduled', dropId, { opensAt, closesAt }));
}

export async function stepDrop(
  client: PoolClient,
  { merchantId, dropId, action }: StepMerchantDrop,
  dropsMax: number | null,
): Work {
  const own = { merchantId, dropId };
  const head = await lockDrop(client, own);
  if (!head) return refused({ kind: 'not-found' });
  const { state, closesAt } = head.drop;
  const { from, to } = dropStep(action);
  if (state === to) return done(own);
  if (!from.includes(state)) return refused({ kind: 'invalid-transition', state });
  const full = state === 'draft' ? await tooManyDrops(client, merchantId, dropsMax) : null;
  if (full) return full;
  const values = [dropId, from, to, action === 'open', merchantId];
  const stepped = await client.query({ ...sql.actOnDrop, values });
  if (stepped.rowCount === 1) return done(own, stepFact(action, dropId));
  // The draft would have closed by now, or the clock was faster.
  const isOver = state === 'draft' && closesAt !== null;
  return refused(isOver ? { kind: 'closing-time-passed' } : { kind: 'invalid-transition', state });
}

export async function deleteDrop(
  client: PoolClient,
  { merchantId, dropId, ifMatch }: DeleteMerchantDrop,
): Promise<Worked<null, DropRefusal>> {
  const head = await lockDrop(client, { merchantId, dropId });
  if (!head) return refused({ kind: 'not-found' });
  const { state, name, revision } = head.drop;
  if (ifMatch !== null && !isWanted(ifMatch, revision)) return refused({ kind: 'revision-mismatch' });
  const deleted = await client.query({ ...sql.deleteDrop, values: [dropId, merchantId] });
  if (deleted.rowCount === 0) return refused({ kind: 'invalid-transition', state });
  return { kind: 'done', value: null, facts: [factOf('deleted', dropId, { name })] };
}

function isWanted(wanted: NonNullable<WantedRevisions>, revision: number): boolean {
  return wanted === 'any' || wanted.includes(revision);
}

/** Locks a drop for the rest of the transaction and brings its state up to the clock. Null: unknown. */
async function lockDrop(client: PoolClient, { merchantId, dropId }: OwnDrop) {
  const locked = await client.query({ ...sql.lockOwnDrop, values: [dropId, merchantId] });
  if (locked.rowCount === 0) return null;
  // What time has changed is a fact of its own.
  await client.query({ ...sql.advanceDrop, values: [dropId] });
  return readHead(client, { merchantId, dropId });
}

/** A draft that is put on sale counts from then on; every other step only ends or goes on with what was counted. */
async function tooManyDrops(client: PoolClient, merchantId: string, max: number | null) {
  if (max === null) return null;
  await client.query({ ...sql.lockDropsOnSale, values: [merchantId] });
  const counted = await client.query<{ drops: number }>({
    ...sql.countDropsOnSale,
    values: [merchantId, max],
  });
  return counted.rows[0]!.drops < max ? null : refused({ kind: 'too-many-drops', max });
}

/** Counted with the new one, so that the lock, for which the merchant's other drafts wait, is held for the commit alone. */
async function tooManyDrafts(client: PoolClient, merchantId: string, max: number | null) {
  if (max === null) return null;
  await client.query(sql.lockDropsOnSale.text, [merchantId]);
  const counted = await client.query<{ drafts: number }>({
    ...sql.countDrafts,
    values: [merchantId, max + 1],
  });
  return counted.rows[0]!.drafts <= max ? null : refused({ kind: 'too-many-drafts', max });
}

function done({ dropId }: OwnDrop, ...facts: Fact[]) {
  return { kind: 'done', target: dropId, facts } as const;
}

function refused(reason: DropRefusal): { kind: 'refused'; reason: DropRefusal } {
  return { kind: 'refused', reason };
}

function invalid(errors: { pointer: string; message: string }[]) {
  return refused({ kind: 'invalid', errors });
}

/** The rules for every drop that the schemas of the gateway do not check. */
function problemOf(drop: NewDrop) {
  try {
    checkNewDrop(drop, []);
    return null;
  } catch (error) {
    if (error instanceof InvalidDrop) return invalid([{ pointer: '', message: error.message }]);
    throw error;
  }
}

function isSameTime(a: string | null, b: string | null): boolean {
  return a === b || (a !== null && b !== null && Date.parse(a) === Date.parse(b));
}

async function nowMs(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: Date }>(sql.ledgerClock);
  return rows[0]!.now.getTime();
}
