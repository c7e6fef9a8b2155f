import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { Pool } from 'pg';
import { signatureHeader } from '../../domain/webhook-signature';
import { sql } from './sql/sql.generated';

const LATE_MAX = 100; // of one run; the next follows at once while there is more
const DELIVERIES_MAX = 50;
const PURGE_ROWS_MAX = 2_000; // of one statement: some ten milliseconds
const FIRST_RETRY_MS = 1_000; // longer than a delivery may take, so that deliveries do not overlap
const DELIVERY_TIMEOUT_MS = 900;

export interface SandboxWorkerDeps {
  pool: Pool;
  clock: Clock;
  logger: Logger;
  /** The shop's address, once it is known. */
  origin: () => string | null;
  secrets: readonly string[];
}

/** The background work of the sandbox: settles late charges and delivers webhooks, retrying until the shop has answered 2xx. */
export class SandboxWorker {
  constructor(private readonly deps: SandboxWorkerDeps) {}

  /** One run. Returns how much there was to do. */
  async run(): Promise<number> {
    const settled = await this.deps.pool.query({ ...sql.settleLate, values: [LATE_MAX] });
    const origin = this.deps.origin();
    return (settled.rowCount ?? 0) + (origin === null ? 0 : await this.deliver(origin));
  }

  /** Deletes a bounded part of the old rows. Returns how many. */
  async purge(): Promise<number> {
    const { rows } = await this.deps.pool.query<{ purged: number }>({
      ...sql.purgeSandbox,
      values: [PURGE_ROWS_MAX],
    });
    return rows[0]?.purged ?? 0;
  }

  private async deliver(origin: string): Promise<number> {
    const { rows } = await this.deps.pool.query<{ event_id: string; body: string }>({
      ...sql.claimWebhooks,
      values: [DELIVERIES_MAX, FIRST_RETRY_MS],
    });
    await Promise.all(rows.map((row) => this.deliverOne(origin, row.event_id, row.body)));
    return rows.length;
  }

  private async deliverOne(origin: string, eventId: string, body: string): Promise<void> {
    const { clock, secrets, logger, pool } = this.deps;
    const rawBody = Buffer.from(body);
    try {
      const response = await fetch(`${origin}/v1/payments/webhooks/sandbox`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'holdfast-signature': signatureHeader(secrets[0] ?? '', Math.floor(clock.now() / 1000), rawBody),
        },
        body: rawBody,
        signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (response.ok) await pool.query({ ...sql.webhookDelivered, values: [eventId] });
      else logger.info({ eventId, status: response.status }, 'webhook rejected, retrying');
    } catch (error) {
      logger.debug({ err: error, eventId }, 'webhook not delivered, retrying');
    }
  }
}
