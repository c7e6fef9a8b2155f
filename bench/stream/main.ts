import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StockRow } from '@holdfast/contracts';
import { median, percentile, randomId } from '@holdfast/kernel';
import { silentLogger } from '@holdfast/observability';
import { openRedis } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { Pool } from 'pg';
import { RedisStockView } from '../../apps/inventory/src/adapters/redis/view/redis-stock-view';
import {
  type Mode,
  newDataDir,
  type Product,
  startProduct,
  stopAllProducts,
} from '../../test/support/product';
import { openRedisFeed } from '../../test/support/redis-feed';
import { type Load, measure } from './measure';

// From a commit to the bytes on the socket of a reader, through the whole product: by Debezium and Kafka, by the reader of the log in the product's own
// process, and by publishing directly what was committed. A run counts only if in the end every reader saw the last commit and view = ledger.
const PER_SECOND = Number(process.env['BENCH_RATE'] ?? 200);
const FOR_MS = Number(process.env['BENCH_MS'] ?? 15_000);
const WARM_UP_MS = 8_000; // Java compiles what is hot after some thousand turns
/** Each drop then has five commits a second: below the ten frames that a reader gets of one drop at most. */
const SPREAD = 40;
const WANTED = { p50Ms: 80, p99Ms: 250 };

const faults: string[] = [];

async function line(name: string, load: Omit<Load, 'perSecond' | 'forMs' | 'warmUpMs'>): Promise<number[]> {
  const {
    applied,
    sse,
    commits,
    faults: found,
  } = await measure({
    ...load,
    ...{ perSecond: PER_SECOND, forMs: FOR_MS, warmUpMs: WARM_UP_MS },
  });
  faults.push(...found.map((fault) => `${name}: ${fault}`));
  const cell = (ms: readonly number[]) =>
    [0.5, 0.95, 0.99].map((share) => (percentile(ms, share)?.toFixed(0) ?? '–').padStart(6)).join('');
  console.log(`${name.padEnd(44)} ${cell(applied)}   ${cell(sse)}   ${String(commits).padStart(6)}`);
  return [median(sse), percentile(sse, 0.99) ?? Number.NaN];
}

interface RunFile {
  databaseUrl: string;
  redisUrl?: string;
}

async function withProduct(mode: Mode, use: (product: Product, state: RunFile, pool: Pool) => Promise<void>) {
  const dataDir = newDataDir();
  const product = await startProduct({ mode, dataDir, env: { HOLDFAST_DEMO: 'off' } });
  const state = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile;
  const pool = new Pool({ connectionString: state.databaseUrl, max: 10 });
  try {
    await waitFor('the product is ready', async () => (await fetch(`${product.url}/health/ready`)).ok, {
      deadlineMs: 60_000,
    });
    await use(product, state, pool);
  } finally {
    await pool.end();
    await product.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function throughKafka({ url }: Product, { redisUrl }: RunFile, pool: Pool): Promise<void> {
  const urls = redisUrl!.split(',');
  const redis = openRedis({ urls, name: 'bench', logger: silentLogger() });
  await waitFor('redis', () => redis.isUp);
  const feed = await openRedisFeed(redis, urls);
  const onApplied = (listener: (row: StockRow) => void) =>
    feed.subscribe((message) => message.kind === 'stock' && message.rows.forEach(listener));
  const [p50, p99] = await line('Debezium and Kafka', { url, pool, onApplied, drops: SPREAD });
  if (!(p50! <= WANTED.p50Ms && p99! <= WANTED.p99Ms))
    faults.push(`Debezium and Kafka: wanted p50 ≤ ${WANTED.p50Ms} ms and p99 ≤ ${WANTED.p99Ms} ms`);
  await line('Debezium and Kafka, all on one drop', { url, pool, onApplied, drops: 1 });
  const view = new RedisStockView({
    ...{ redis, newName: randomId, onTrouble: (reason: string) => void faults.push(reason) },
    stockOf: () => Promise.resolve([]),
  });
  const onCommit = (row: StockRow) => view.apply([row]);
  await line('published directly', { url, pool, onApplied, onCommit, drops: SPREAD });
  feed.close();
  redis.close();
}

async function natively({ url }: Product, _: RunFile, pool: Pool): Promise<void> {
  await line('the log read in the process (standalone)', { url, pool, drops: SPREAD });
  await line('the same, all on one drop', { url, pool, drops: 1 });
}

async function main(): Promise<void> {
  console.log(
    `${PER_SECOND} commits/s for ${FOR_MS / 1_000} s over ${SPREAD} drops with a reader each; ms after the commit was acknowledged`,
  );
  console.log(`${''.padEnd(44)}    in the view          at the reader`);
  console.log(`${''.padEnd(44)}    p50   p95   p99      p50   p95   p99   commits`);
  try {
    await withProduct('cluster', throughKafka);
    await withProduct('standalone', natively);
  } finally {
    await stopAllProducts();
  }
  for (const fault of faults) console.error(`FAULT: ${fault}`);
  if (faults.length === 0) console.log('every commit was seen, and the view is the ledger');
  process.exitCode = faults.length === 0 ? 0 : 1;
}

void main();
