import type { MerchantCommand } from '@holdfast/contracts';
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
  { kind: 'done'; value: T; facts: readonly Fact[] } | { kind: 'refused'; reason: R };

/** `replayed`: the answer of an earlier request with the same key. */
export type Changed<T, R> =
  { kind: 'done'; value: T; replayed: boolean } | { kind: 'refused'; reason: R } | { kind: 'key-reused' };

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

  /** `T` has to survive JSON. */
  async run<T, R>(
    command: MerchantCommand,
    work: (client: PoolClient) => Promise<Worked<T, R>>,
  ): Promise<Changed<T, R>> {
    try {
      return await orServiceUnavailable(
        'drops',
        asMerchant(this.pool, { schema: 'inventory', merchantId: command.merchantId }, async (client) => {
          const earlier = await claim<T>(client, command);
          if (earlier) return earlier;
          const worked = await work(client);
          if (worked.kind === 'refused') throw new Refusal(worked.reason);
          for (const fact of worked.facts) await recordFact(client, command, fact);
          await keepAnswer(client, command, worked.value);
          return { kind: 'done', value: worked.value, replayed: false };
        }),
      );
    } catch (error) {
      if (error instanceof Refusal) return { kind: 'refused', reason: error.reason as R };
      throw error;
    }
  }
}

/** What was answered before; null: nothing, and the key is ours until the transaction ends. */
async function claim<T>(
  client: PoolClient,
  { merchantId, request }: MerchantCommand,
): Promise<{ kind: 'done'; value: T; replayed: boolean } | { kind: 'key-reused' } | null> {
  if (!request) return null;
  const key = [merchantId, Buffer.from(request.key, 'hex')];
  const claimed = await client.query({ ...sql.claimRequest, values: [...key, request.fingerprint] });
  if (claimed.rowCount === 1) return null;
  const found = await client.query<{ fingerprint: string; answer: string }>({
    ...sql.findRequest,
    values: key,
  });
  const { fingerprint, answer } = found.rows[0]!;
  if (fingerprint !== request.fingerprint) return { kind: 'key-reused' };
  return { kind: 'done', value: JSON.parse(answer) as T, replayed: true };
}

async function keepAnswer(client: PoolClient, { merchantId, request }: MerchantCommand, answer: unknown) {
  if (!request) return;
  const values = [merchantId, Buffer.from(request.key, 'hex'), JSON.stringify(answer)];
  await client.query({ ...sql.answerRequest, values });
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
