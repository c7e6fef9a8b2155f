import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LaunchWatcher } from '../../test/support/launch-watcher';
import type { Product } from '../../test/support/product';
import { StaffClient } from '../../test/support/staff-client';
import { cpuOfFamily, cpuOfProcess } from '../http/cpu';
import { runLoad, startLoad } from '../http/run-load';
import type { Ledger } from './ledger';

const CONNECTIONS = 128;
const UNITS = 10_000_000;
/** Each of them holds again and again; the product remembers the tokens of 50,000. */
const GUESTS = 20_000;
const HOLDS_OF_A_GUEST_MAX = 1_000;
/** After watchers came or went, before a window begins. */
const SETTLE_MS = 300;

export interface Window {
  perSecond: number;
  /** CPU time a hold. */
  productMicros: number;
  postgresMicros: number;
}

/** One rush on one drop that goes on while watchers come and go. */
export class Rush {
  private load: ReturnType<typeof startLoad> | undefined;

  private constructor(
    private readonly product: Product,
    private readonly ledger: Ledger,
    private readonly parts: { owner: StaffClient; postgres: number; dropId: string; tokensFile: string },
  ) {}

  static async prepare(product: Product, ledger: Ledger, tokensFile: string): Promise<Rush> {
    const state = JSON.parse(readFileSync(join(product.dataDir, 'run.json'), 'utf8')) as {
      components: { kind: string; pid: number }[];
    };
    const postgres = state.components.find(({ kind }) => kind === 'postgres')!.pid;
    const owner = await StaffClient.newOwner(product);
    const dropId = await newDrop(product);
    const target = { kind: 'sessions', count: GUESTS, tokensFile } as const;
    await runLoad({ port: portOf(product), connections: 64, forMs: 120_000, target });
    return new Rush(product, ledger, { owner, postgres, dropId, tokensFile });
  }

  begin(): void {
    const { dropId, tokensFile } = this.parts;
    this.load = startLoad({
      port: portOf(this.product),
      connections: CONNECTIONS,
      forMs: 3_600_000,
      target: { kind: 'product', dropId, tokensFile, again: true },
    });
  }

  /** Throws when an answer was no hold, or a hold is not in the ledger. */
  async end(): Promise<void> {
    this.load!.stop();
    const { created, others } = await this.load!.result;
    if (Object.keys(others).length > 0) throw new Error(`other answers: ${JSON.stringify(others)}`);
    const held = await this.ledger.held(this.parts.dropId);
    if (held !== created) throw new Error(`${created} answers with 201, ${held} units in the ledger`);
  }

  /** What the rush costs for a while with so many watchers. Throws when a watcher got no ticks. */
  window(watchers: number, forMs: number): Promise<Window> {
    return this.watched(watchers, forMs, async () => {
      const [from, to] = await this.around(forMs);
      const holds = to.held - from.held;
      return {
        perSecond: (holds / (to.atMs - from.atMs)) * 1_000,
        productMicros: (to.product - from.product) / holds,
        postgresMicros: (to.postgres - from.postgres) / holds,
      };
    });
  }

  /** Milliseconds of CPU a second, of product and PostgreSQL. */
  cpuASecond(watchers: number, forMs: number): Promise<number> {
    return this.watched(watchers, forMs, async () => {
      const [from, to] = await this.around(forMs);
      return (to.product + to.postgres - from.product - from.postgres) / (to.atMs - from.atMs);
    });
  }

  private async watched<T>(watchers: number, forMs: number, measure: () => Promise<T>): Promise<T> {
    const { dropId, owner } = this.parts;
    const watching = await Promise.all(
      Array.from({ length: watchers }, () => LaunchWatcher.open(this.product.url, dropId, owner.token!)),
    );
    for (const watcher of watching) await watcher.next('tick');
    await pause(SETTLE_MS);
    const before = watching.map((it) => it.of('tick').length);
    const measured = await measure();
    const ticks = watching.map((it, at) => it.of('tick').length - before[at]!);
    for (const watcher of watching) watcher.close();
    if (ticks.some((n) => n < Math.floor(forMs / 1_000) - 1))
      throw new Error(`ticks of the watchers in ${forMs} ms: ${ticks.join(' ')}`);
    return measured;
  }

  private async around(forMs: number) {
    const from = await this.now();
    await pause(forMs);
    return [from, await this.now()] as const;
  }

  private async now() {
    const { dropId, postgres } = this.parts;
    const held = await this.ledger.held(dropId);
    return {
      held,
      atMs: performance.now(),
      product: cpuOfProcess(this.product.pid),
      postgres: cpuOfFamily(postgres),
    };
  }
}

const portOf = ({ url }: Product) => Number(new URL(url).port);

async function newDrop(product: Product): Promise<string> {
  const { code, json, stderr } = await product.cli(
    ...['drop', 'create', '--name', 'Bench', '--item', `A=${UNITS}@1`, '--opens-at', 'now'],
    ...['--hold-ttl', '86400', '--limit', String(HOLDS_OF_A_GUEST_MAX)],
  );
  if (code !== 0) throw new Error(`drop create: ${stderr}`);
  return (json as { id: string }).id;
}
