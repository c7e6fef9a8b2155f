import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { LaunchWatcher } from '../../test/support/launch-watcher';
import { type Product, startProduct, stopAllProducts } from '../../test/support/product';
import { StaffClient } from '../../test/support/staff-client';
import { cpuOfFamily, cpuOfProcess } from '../http/cpu';
import { runLoad } from '../http/run-load';

// What a rush costs while 50 people watch it, against nobody watching, in alternating pairs: whatever else the machine does hits both. The CPU time
// of product and PostgreSQL for a hold decides, because watchers and load run on the same machine here.
const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 5);
const FOR_MS = Number(process.env['BENCH_MS'] ?? 8_000);
const WATCHERS = 50;
const CONNECTIONS = 128;
const COST_MAX = 1.1;
const UNITS = 10_000_000;

interface Run {
  perSecond: number;
  microsAHold: number;
}

interface Bench {
  product: Product;
  owner: StaffClient;
  postgres: number;
  tokensFile: string;
  customers: number;
}

async function main(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const product = await startProduct({ env: { HOLDFAST_DEMO: 'off' } });
  try {
    const state = JSON.parse(readFileSync(join(product.dataDir, 'run.json'), 'utf8')) as {
      components: { kind: string; pid: number | null }[];
    };
    const postgres = state.components.find(({ kind }) => kind === 'postgres')?.pid ?? 0;
    const owner = await StaffClient.newOwner(product);
    const bench = { product, owner, postgres, tokensFile: join(scratch, 'tokens'), customers: 8_000 };
    await rush(bench, 0);
    const ratios: { cpu: number; rate: number }[] = [];
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      // In turn the one and the other first.
      const first = await rush(bench, pair % 2 === 0 ? WATCHERS : 0);
      const second = await rush(bench, pair % 2 === 0 ? 0 : WATCHERS);
      const [alone, watched] = pair % 2 === 0 ? [second, first] : [first, second];
      ratios.push({
        cpu: watched.microsAHold / alone.microsAHold,
        rate: watched.perSecond / alone.perSecond,
      });
      console.log(`pair ${pair}: alone ${describe(alone)}  |  ${WATCHERS} watchers ${describe(watched)}`);
    }
    const cpu = median(ratios.map((it) => it.cpu));
    console.log(`CPU a hold, watched ÷ alone: ${cpu.toFixed(3)}; wanted ≤ ${COST_MAX}`);
    console.log(`holds a second, watched ÷ alone: ${median(ratios.map((it) => it.rate)).toFixed(3)}`);
    return cpu <= COST_MAX ? 0 : 1;
  } finally {
    await stopAllProducts();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function rush(bench: Bench, watchers: number): Promise<Run> {
  const { product, owner, postgres, tokensFile } = bench;
  const port = Number(new URL(product.url).port);
  const created = await product.cli(
    ...[
      'drop',
      'create',
      '--name',
      'Bench',
      '--item',
      `A=${UNITS}@1`,
      '--opens-at',
      'now',
      '--hold-ttl',
      '86400',
    ],
  );
  const dropId = (created.json as { id: string }).id;
  await runLoad({
    port,
    connections: 64,
    forMs: 60_000,
    target: { kind: 'sessions', count: bench.customers, tokensFile },
  });
  const watching = await Promise.all(
    Array.from({ length: watchers }, () => LaunchWatcher.open(product.url, dropId, owner.token!)),
  );
  for (const watcher of watching) await watcher.next('snapshot');
  const before = cpuOfProcess(product.pid) + cpuOfFamily(postgres);
  const result = await runLoad({
    port,
    connections: CONNECTIONS,
    forMs: FOR_MS,
    target: { kind: 'product', dropId, tokensFile },
  });
  const micros = cpuOfProcess(product.pid) + cpuOfFamily(postgres) - before;
  const seen = ({ data }: { data: { items: { held: number }[] } }) => data.items[0]!.held === result.created;
  await waitFor('every watcher sees the end', () => watching.every((it) => it.of('tick').some(seen)));
  for (const watcher of watching) watcher.close();
  bench.customers = Math.max(
    bench.customers,
    Math.ceil(((result.created / result.seconds) * FOR_MS * 1.5) / 1_000),
  );
  if (Object.keys(result.others).length > 0)
    throw new Error(`other answers: ${JSON.stringify(result.others)}`);
  return { perSecond: result.created / result.seconds, microsAHold: micros / result.created };
}

const describe = ({ perSecond, microsAHold }: Run) =>
  `${perSecond.toFixed(0)} holds/s, ${microsAHold.toFixed(0)} µs of CPU a hold`;

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
