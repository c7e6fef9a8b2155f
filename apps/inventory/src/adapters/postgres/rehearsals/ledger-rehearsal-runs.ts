import {
  NO_FIGURES,
  type Rehearsal,
  REHEARSAL_TIMES,
  type RehearsalEvidence,
  type RehearsalFigures,
  type RehearsalRun,
  RehearsalRuns,
} from '@holdfast/contracts';
import { orServiceUnavailable } from '@holdfast/postgres';
import type { Pool, PoolClient } from 'pg';
import { boundedEvidence } from '../../../domain/rehearsal-plan';
import { inTransaction } from '../drops/in-transaction';
import { DropDeleted, makeGhost, type OfRunner, removeGhosts } from './ghosts';
import { type RehearsalRow, toRehearsal } from './rehearsal-rows';
import { sql } from './sql/sql.generated';

const DETAIL_LENGTH_MAX = 2_000;
const FIGURES_BYTES_MAX = 128 * 1024; // some kB in truth

interface ClaimedRow extends RehearsalRow {
  merchant_id: string;
  arrivals: number[] | null;
}

/** Rehearsals as their runner sees them. Needs a pool in the role of the service: a ghost is no merchant's to see. */
export class LedgerRehearsalRuns extends RehearsalRuns {
  constructor(private readonly pool: Pool) {
    super();
  }

  override claimRehearsal(runner: string): Promise<RehearsalRun | null> {
    const claimed = inTransaction(this.pool, async (client) => {
      const values = [runner, REHEARSAL_TIMES.besidesArrivals, 'preparing'];
      const { rows } = await client.query<ClaimedRow>({ ...sql.claimRehearsal, values });
      return rows[0] ? begin(client, rows[0], runner) : null;
    });
    return answered(claimed.catch((error: unknown) => this.endWithoutDrop(error)));
  }

  /** Otherwise it would be asked for again and again, and nobody could start another one meanwhile. */
  private async endWithoutDrop(error: unknown): Promise<null> {
    if (!(error instanceof DropDeleted)) throw error;
    await this.pool.query({ ...sql.giveUpRehearsal, values: [error.rehearsalId, null, error.message] });
    return null;
  }

  override anotherGhost({ units, ...of }: OfRunner & { units: number }): Promise<{ ghostId: string }> {
    return answered(
      inTransaction(this.pool, async (client) => ({ ghostId: await makeGhost(client, of, units) })),
    );
  }

  override async beatRehearsal({
    rehearsalId,
    runner,
    progress,
    detail,
    figures,
  }: OfRunner & { progress: number; detail: string; figures: RehearsalFigures }): Promise<{ stop: boolean }> {
    const share = Math.min(1, Math.max(0, progress));
    const values = [rehearsalId, runner, share, shortened(detail), JSON.stringify(bounded(figures))];
    const { rows } = await answered(this.pool.query<{ stop: boolean }>({ ...sql.beatRehearsal, values }));
    return { stop: rows[0]?.stop ?? true };
  }

  override async endRehearsal({
    rehearsalId,
    runner,
    state,
    verdict,
    detail,
    figures,
    evidence,
  }: OfRunner & {
    state: Exclude<Rehearsal['state'], 'running'>;
    verdict: Rehearsal['verdict'];
    detail: string;
    figures: RehearsalFigures;
    evidence: RehearsalEvidence | null;
  }): Promise<{ kind: 'ended' }> {
    const values = [
      rehearsalId,
      runner,
      state,
      state === 'done' ? verdict : null,
      shortened(detail),
      JSON.stringify(bounded(figures)),
      evidence && JSON.stringify(boundedEvidence(evidence)),
    ];
    await answered(this.pool.query({ ...sql.endRehearsal, values }));
    await answered(removeGhosts(this.pool, rehearsalId));
    return { kind: 'ended' };
  }
}

/** Again, when the answer of the first time was lost: with the ghost that was made. */
async function begin(client: PoolClient, row: ClaimedRow, runner: string): Promise<RehearsalRun> {
  const of = { rehearsalId: row.rehearsal_id, runner };
  const ghostId = row.ghost_id ?? (await makeGhost(client, of, null));
  const { rows: items } = await client.query<{ sku: string; units: number }>({
    ...sql.ghostUnits,
    values: [ghostId],
  });
  const rehearsal = { ...toRehearsal(row), ghostId };
  return { rehearsal, merchantId: row.merchant_id, items, arrivals: row.arrivals };
}

function answered<T>(query: Promise<T>): Promise<T> {
  return orServiceUnavailable('rehearsals', query);
}

function shortened(detail: string): string {
  return detail.length > DETAIL_LENGTH_MAX ? `${detail.slice(0, DETAIL_LENGTH_MAX - 1)}…` : detail;
}

/** Figures are a few kB. What is far beyond has come from a verify with odd examples, which then goes. */
function bounded(figures: RehearsalFigures): RehearsalFigures {
  if (Buffer.byteLength(JSON.stringify(figures)) <= FIGURES_BYTES_MAX) return figures;
  const { verify } = figures;
  const slim = { ...figures, verify: verify && { ok: verify.ok } };
  return Buffer.byteLength(JSON.stringify(slim)) <= FIGURES_BYTES_MAX ? slim : NO_FIGURES;
}
