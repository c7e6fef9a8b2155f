import {
  checkPromises,
  type ClientLog,
  acknowledgedHolds,
  type DropBooks,
  type Promises,
  readPublicDrop,
  settledBooks,
  type Verdict,
  verifyDrop,
} from '@holdfast/audit';
import { REHEARSAL_PASS, signRehearsalPass } from '@holdfast/contracts';
import { ledgerNowMs, ROLES, withLedger } from '@holdfast/postgres';
import { readRunState, type RunState } from '@holdfast/process';
import { setTimeout as pause } from 'node:timers/promises';
import { CannotRehearse } from '../../application/outcome';
import { type GhostFacts, Product, type RunningProduct } from '../../application/ports/product.port';

const POOL_MAX = 2; // the gateways are compared concurrently
const PASS_SECONDS = 3_600; // the longest rehearsal takes 40 minutes
const FIND_MS = 15_000; // a starting product writes run.json after its services are up
const FIND_POLL_MS = 100;

export interface ProductPlace {
  dataDir: string;
  operatorKey: string;
  /** Of the ledger, and the product's origin, where no run.json says them (containers). */
  databaseUrl: string | null;
  address: string | null;
}

/** The product of the data folder, seen with the operator's eyes: the auditor's role, and a rehearsal's pass. */
export class AuditedProduct extends Product {
  constructor(private readonly place: ProductPlace) {
    super();
  }

  async find(signal: AbortSignal): Promise<RunningProduct> {
    const untilMs = performance.now() + FIND_MS;
    for (;;) {
      const run = this.run();
      if (run) return { mode: run.mode, address: run.address };
      const { databaseUrl, address } = this.place;
      if (databaseUrl && address) return { mode: 'cluster', address };
      signal.throwIfAborted();
      if (performance.now() > untilMs)
        throw new CannotRehearse(`no product is running on ${this.place.dataDir} (no run.json)`);
      await pause(FIND_POLL_MS);
    }
  }

  async facts(ghostId: string): Promise<GhostFacts> {
    const drop = await readPublicDrop(this.gateways()[0]!, ghostId, this.headers(ghostId));
    const { name, perCustomerLimit, holdTtlSeconds, items, stockDisplay } = drop;
    const showsCounts = stockDisplay === 'exact';
    return { name, perCustomerLimit, holdTtlSeconds, skus: items.length, showsCounts };
  }

  settle(ghostId: string, signal: AbortSignal): Promise<DropBooks> {
    return withLedger(this.ledger(), ROLES.auditor, (pool) => settledBooks(pool, ghostId, signal));
  }

  promises(ghostId: string, log: ClientLog): Promise<Promises> {
    return withLedger(this.ledger(), ROLES.auditor, async (pool) =>
      checkPromises(pool, ghostId, acknowledgedHolds(log), await ledgerNowMs(pool)),
    );
  }

  verify(ghostId: string): Promise<Verdict> {
    const headers = this.headers(ghostId);
    const views = this.gateways().map((at) => ({
      at,
      read: async () => [await readPublicDrop(at, ghostId, headers)],
    }));
    return withLedger(this.ledger(), ROLES.auditor, (pool) => verifyDrop(pool, ghostId, views), POOL_MAX);
  }

  passOf(ghostId: string): string {
    return signRehearsalPass(this.place.operatorKey, { ghostId, nowMs: Date.now(), seconds: PASS_SECONDS });
  }

  private headers(ghostId: string): Record<string, string> {
    return { [REHEARSAL_PASS.header]: this.passOf(ghostId) };
  }

  private run(): RunState | null {
    return readRunState(this.place.dataDir);
  }

  private ledger(): string {
    const url = this.run()?.databaseUrl ?? this.place.databaseUrl;
    if (!url) throw new CannotRehearse('the ledger of the product is not known any more: did it stop?');
    return url;
  }

  /** Each gateway separately: the proxy sends the same caller always to the same one. */
  private gateways(): string[] {
    const run = this.run();
    const own = (run?.components ?? []).flatMap(({ kind, address }) => (kind === 'gateway' ? [address] : []));
    if (own.length > 0) return own;
    const address = run?.address ?? this.place.address;
    return address ? [address] : [];
  }
}
