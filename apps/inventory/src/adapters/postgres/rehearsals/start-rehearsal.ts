import {
  type Rehearsal,
  REHEARSAL_LIMITS,
  REHEARSAL_TIMES,
  type StartRehearsal,
  type StartRehearsalOutcome,
} from '@holdfast/contracts';
import { isDropId, randomId } from '@holdfast/kernel';
import type { PoolClient } from 'pg';
import { replayedArrivals, settingsWith } from '../../../domain/rehearsal-plan';
import type { Worked } from '../merchants/merchant-changes';
import { type RehearsalRow, toRehearsal } from './rehearsal-rows';
import { sql } from './sql/sql.generated';

/** Kept of one drop, with their evidence. */
export const REHEARSALS_KEPT = 100;

export type StartRefusal = Extract<StartRehearsalOutcome, { kind: 'not-found' | 'invalid' | 'conflict' }>;

const SELLING =
  'a drop is open on this installation, and the rehearsal would slow its shoppers down: wait until it is closed, or allow it with whileSelling';
const RUNNING =
  'a rehearsal is running on this installation, one at a time: wait until it has ended, or stop it';

/** Runs in a transaction of `MerchantChanges`. */
export async function startRehearsal(
  client: PoolClient,
  { merchantId, dropId, settings: wanted }: StartRehearsal,
): Promise<Worked<Rehearsal, StartRefusal>> {
  const own = await client.query<{ units: number }>({ ...sql.unitsOfDrop, values: [dropId, merchantId] });
  const [drop] = own.rows;
  if (!drop) return refused({ kind: 'not-found' });
  if (drop.units === 0)
    return invalid('', 'the drop has no units: give an item a total before the rehearsal');
  const { like } = wanted;
  const arrivals = like && (await arrivalsOf(client, merchantId, like));
  if (like && !arrivals)
    return invalid(
      '/like',
      'must be a drop of yours with a history: its gateways have counted no request yet',
    );
  const planned = settingsWith(wanted, arrivals);
  if (planned.kind === 'invalid') return refused(planned);
  const { settings } = planned;
  if (!settings.whileSelling) {
    const { rows } = await client.query<{ open: boolean }>(sql.realDropOpen);
    if (rows[0]!.open) return refused({ kind: 'conflict', why: SELLING });
  }
  const id = `reh_${randomId()}`;
  const seconds = REHEARSAL_TIMES.takenOverWithin + settings.duration + REHEARSAL_TIMES.besidesArrivals;
  const values = [
    merchantId,
    id,
    dropId,
    JSON.stringify(settings),
    arrivals,
    seconds,
    'waiting for its runner',
  ];
  const noted = await client.query({ ...sql.insertRehearsal, values });
  if (noted.rowCount === 0) return refused({ kind: 'conflict', why: RUNNING });
  await client.query({ ...sql.trimRehearsals, values: [merchantId, dropId, REHEARSALS_KEPT] });
  const found = await client.query<RehearsalRow>({ ...sql.findRehearsal, values: [merchantId, dropId, id] });
  const fact = {
    action: 'rehearsal.started',
    target: { kind: 'rehearsal', id },
    change: { dropId, ...settings },
  };
  return { kind: 'done', value: toRehearsal(found.rows[0]!), facts: [fact] };
}

/** Null: not a drop of this merchant, or without history. */
async function arrivalsOf(
  client: PoolClient,
  merchantId: string,
  { dropId, times }: { dropId: string; times: number },
): Promise<number[] | null> {
  if (!isDropId(dropId)) return null;
  const values = [dropId, merchantId, REHEARSAL_LIMITS.secondsMax];
  const found = await client.query<{ second: number | null; arrivals: number }>({
    ...sql.pastArrivals,
    values,
  });
  const past = found.rows.flatMap(({ second, arrivals }) => (second === null ? [] : [{ second, arrivals }]));
  return past.length === 0 ? null : replayedArrivals(past, times);
}

function refused(reason: StartRefusal) {
  return { kind: 'refused', reason } as const;
}

function invalid(pointer: string, message: string) {
  return refused({ kind: 'invalid', errors: [{ pointer, message }] });
}
