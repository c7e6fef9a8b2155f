import type { MerchantCommand, RequestKey } from '@holdfast/contracts';
import { asMerchant, orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { sql } from './sql/sql.generated';

/** What was changed, as the audit tells it. No secret stands in `change`. */
export interface Fact {
  /** `<thing>.<what happened>` */
  action: string;
  target: { kind: string; id: string };
  change: object;
}

export type Worked<T, R> =
  | { kind: 'done'; value: T; facts: readonly Fact[] }
  /** The answer is large: it is read when the transaction is over, by the id of what was changed. */
  | { kind: 'done'; target: string; facts: readonly Fact[] }
  | { kind: 'refused'; reason: R };

/** Reads the answer of a change by its target. `gone`: why there is none, when the target has been deleted since. */
export interface AnswerReader<T, R> {
  read: (client: PoolClient, target: string) => Promise<T | null>;
  gone: R;
}

/** `replayed`: the answer of an earlier request with the same key. */
export type Changed<T, R> =
  { kind: 'done'; value: T; replayed: boolean } | { kind: 'refused'; reason: R } | { kind: 'key-reused' };

/** Characters after which what is kept is bounded again: at each answer of this size, and at smaller ones now and then. */
const TRIM_EVERY = 65_536;
/** Of one merchant, as the database stores them (compressed): some forty answers of drops with 20,000 SKUs. */
export const ANSWER_BYTES_MAX = 32 * 1_024 * 1_024;

/** Undoes the transaction. */
class Refusal extends Error {
  constructor(readonly reason: unknown) {
    super('refused');
  }
}

/**
 * Changes of a merchant's things: each in one transaction with its facts and, when the request has a key, with its answer, so that the same request
 * changes nothing a second time. A refusal leaves nothing behind. Needs a pool in the role of merchants. Throws `ServiceUnavailable`.
 */
export class MerchantChanges {
  constructor(private readonly pool: Pool) {}

  /** `T` has to survive JSON. `reader` is needed where `work` gives a target. */
  async run<T, R>(
    command: MerchantCommand,
    work: (client: PoolClient) => Promise<Worked<T, R>>,
    reader?: AnswerReader<T, R>,
  ): Promise<Changed<T, R>> {
    try {
      const changed = await orServiceUnavailable(
        'drops',
        asMerchant(this.pool, { schema: 'inventory', merchantId: command.merchantId }, async (client) => {
          const earlier = await claim<T>(client, command);
          if (earlier) return earlier;
          const worked = await work(client);
          if (worked.kind === 'refused') throw new Refusal(worked.reason);
          for (const fact of worked.facts) await recordFact(client, command, fact);
          if ('target' in worked) {
            await keepTarget(client, command, worked.target);
            return { kind: 'unread', target: worked.target, replayed: false } as const;
          }
          await keepAnswer(client, command, worked.value);
          return { kind: 'done', value: worked.value, replayed: false } as const;
        }),
      );
      if (changed.kind !== 'unread') return changed;
      const value = await orServiceUnavailable('drops', this.answer(command, changed.target, reader!));
      if (value === null) return { kind: 'refused', reason: reader!.gone };
      await this.trim(command, value);
      return { kind: 'done', value, replayed: changed.replayed };
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', reason: error.reason as R };
      throw error;
    }
  }

  /**
   * Reads the answer with no lock held, so that no lane waits while thousands of items are read, and keeps it for
   * repetitions of the request: the first that is kept is what all of them get. Null: the target is gone.
   */
  private answer<T, R>(
    command: MerchantCommand,
    target: string,
    { read }: AnswerReader<T, R>,
  ): Promise<T | null> {
    const { merchantId, request } = command;
    return asMerchant(this.pool, { schema: 'inventory', merchantId }, async (client) => {
      const value = await read(client, target);
      if (value === null || !request || (await keepAnswer(client, command, value))) return value;
      const kept = await findRequest(client, command, request);
      return kept?.answer ? (JSON.parse(kept.answer) as T) : value;
    });
  }

  /** By itself, because the change has its answer: what could not be bounded now is bounded by the next one. */
  private async trim({ merchantId, request }: MerchantCommand, value: unknown): Promise<void> {
    if (!request || Math.random() > JSON.stringify(value).length / TRIM_EVERY) return;
    const values = [merchantId, ANSWER_BYTES_MAX];
    await asMerchant(this.pool, { schema: 'inventory', merchantId }, (client) =>
      client.query({ ...sql.trimAnswers, values }),
    ).catch(() => undefined);
  }
}

interface KeptRequest {
  fingerprint: string;
  answer: string | null;
  target: string | null;
}

async function findRequest(
  client: PoolClient,
  { merchantId }: MerchantCommand,
  { key }: RequestKey,
): Promise<KeptRequest | null> {
  const values = [merchantId, Buffer.from(key, 'hex')];
  return (await client.query<KeptRequest>({ ...sql.findRequest, values })).rows[0] ?? null;
}

/** What was answered before; null: nothing, and the key is ours until the transaction ends. */
async function claim<T>(client: PoolClient, command: MerchantCommand) {
  const { merchantId, request } = command;
  if (!request) return null;
  const key = [merchantId, Buffer.from(request.key, 'hex')];
  const claimed = await client.query({ ...sql.claimRequest, values: [...key, request.fingerprint] });
  if (claimed.rowCount === 1) return null;
  const { fingerprint, answer, target } = (await findRequest(client, command, request))!;
  if (fingerprint !== request.fingerprint) return { kind: 'key-reused' } as const;
  // Its answer was lost before it was kept, or has made room for later ones.
  if (answer === null) return { kind: 'unread', target: target!, replayed: true } as const;
  return { kind: 'done', value: JSON.parse(answer) as T, replayed: true } as const;
}

async function keepTarget(client: PoolClient, { merchantId, request }: MerchantCommand, target: string) {
  if (!request) return;
  await client.query({ ...sql.targetRequest, values: [merchantId, Buffer.from(request.key, 'hex'), target] });
}

/** False: another repetition of the request has kept one. */
async function keepAnswer(
  client: PoolClient,
  { merchantId, request }: MerchantCommand,
  answer: unknown,
): Promise<boolean> {
  if (!request) return true;
  const values = [merchantId, Buffer.from(request.key, 'hex'), JSON.stringify(answer)];
  const kept = await client.query({ ...sql.answerRequest, values });
  return kept.rowCount === 1;
}

/** In the transaction of the change. */
export async function recordFact(
  client: PoolClient,
  { merchantId, by }: Pick<MerchantCommand, 'merchantId' | 'by'>,
  { action, target, change }: Fact,
): Promise<void> {
  const { actor, requestId, address } = by;
  const json = [JSON.stringify(actor), action, JSON.stringify(target), JSON.stringify(change)];
  await client.query({ ...sql.insertFact, values: [merchantId, ...json, requestId, address] });
}
