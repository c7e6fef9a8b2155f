import type { Hold, HoldRef } from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { asMerchant, ROLES } from '@holdfast/postgres';
import type { Pool, QueryResultRow } from 'pg';
import type { GateSale, GateSource } from '../../application/ports/gate-source.port';
import {
  Ledger,
  type BatchResult,
  type HoldPosition,
  type LiveHoldsQuery,
} from '../../application/ports/ledger.port';
import { runsAlone, type AnswerByKind, type LaneCommand, type RareCommand } from '../../domain/lane-command';
import { decodeBatch, decodeNews, decodeSale, type BatchRow, type SaleRow } from './ledger-decode';
import { encodeBatch } from './ledger-encode';
import { toLedgerError } from './ledger-errors';
import { toHold, type HoldImage } from './ledger-hold';
import { rareCall, type RareRow } from './ledger-rare';
import { sql } from './sql/sql.generated';

/**
 * The ledger in PostgreSQL. A batch is one named statement in autocommit: one round trip, one transaction,
 * one WAL flush.
 */
export class PostgresLedger extends Ledger implements GateSource {
  constructor(
    private readonly pool: Pool,
    private readonly paymentWindowSeconds: number,
  ) {
    super();
  }

  async runBatch(dropId: string, commands: readonly LaneCommand[]): Promise<BatchResult> {
    const [first] = commands;
    if (first !== undefined && runsAlone(first))
      return { answers: [await this.runRare(dropId, first)], news: null };
    const batch = encodeBatch(dropId, commands, this.paymentWindowSeconds);
    const row = await this.one<BatchRow>(sql.runBatch, batch.values);
    return { answers: decodeBatch(dropId, commands, batch, row), news: decodeNews(dropId, batch, row) };
  }

  async getHold({ holdId, customerId }: HoldRef): Promise<Hold | null> {
    const dropId = dropIdOf(holdId);
    if (dropId === undefined) return null;
    const [row] = await this.query<{ hold: HoldImage }>(sql.getHold, [dropId, holdId, customerId]);
    return row ? toHold(row.hold) : null;
  }

  async liveHolds({ customerId, dropId, after, limit }: LiveHoldsQuery) {
    // One more than requested, to know whether there is a next page.
    const values = [customerId, dropId, after?.placedUs ?? null, after?.holdId ?? null, limit + 1];
    const found = await this.query<{ hold: HoldImage; placed_us: string }>(sql.listLiveHolds, values);
    const rows = found.slice(0, limit);
    const end = found.length > limit ? rows.at(-1) : undefined;
    const last: HoldPosition | null = end ? { placedUs: end.placed_us, holdId: end.hold.hold_id } : null;
    return { holds: rows.map((row) => toHold(row.hold)), last };
  }

  async dueDrops(max: number): Promise<string[]> {
    const rows = await this.query<{ drop_id: string }>(sql.dueDrops, [max]);
    return rows.map((row) => row.drop_id);
  }

  async customersOf(dropId: string, max: number): Promise<string[] | null> {
    const rows = await this.query<{ customer_id: string }>(sql.dropCustomers, [dropId, max + 1]);
    return rows.length > max ? null : rows.map((row) => row.customer_id);
  }

  async saleOf(dropId: string, skus: readonly string[] | null): Promise<GateSale | null> {
    const [row] = await this.query<SaleRow>(sql.saleOfDrop, [dropId, skus]);
    return row ? decodeSale(row) : null;
  }

  private async runRare(dropId: string, command: RareCommand): Promise<AnswerByKind[RareCommand['kind']]> {
    const { statement, values, read, merchantId } = rareCall(dropId, command);
    if (merchantId === undefined) return read(await this.one(statement, values));
    // On a connection of the lanes, where no list of a merchant is in front of it, but with a merchant's eyes.
    const scope = { schema: 'inventory', merchantId, role: ROLES.inventoryMerchant } as const;
    const call = asMerchant(this.pool, scope, (client) => client.query<RareRow>({ ...statement, values }));
    const { rows } = await call.catch((error: unknown) => {
      throw toLedgerError(error);
    });
    return read(rows[0]!);
  }

  private async one<R extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<R> {
    const [row] = await this.query<R>(statement, values);
    if (row === undefined) throw new Error(`${statement.name} gave no row`);
    return row;
  }

  private async query<R extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<R[]> {
    try {
      const result = await this.pool.query<R>({ name: statement.name, text: statement.text, values });
      return result.rows;
    } catch (error) {
      throw toLedgerError(error);
    }
  }
}

interface Statement {
  name: string;
  text: string;
}
