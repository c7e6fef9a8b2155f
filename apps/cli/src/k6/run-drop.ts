import { Writable } from 'node:stream';
import { runCli } from '../program';
import type { Env } from '../product/find-product';
import type { RunOptions } from './options';

const SKUS = ['K6-S', 'K6-M', 'K6-L'];
const PRICE_FIRST = 19;
const READ_MS = 10_000;

export interface RunDrop {
  id: string;
  units: number;
}

/** A drop for this run alone, so that every hold in it is one of ours. */
export async function makeDrop(options: RunOptions, env: Env, signal: AbortSignal): Promise<RunDrop> {
  const { scenario, seed, units, holdTtl } = options;
  const items = shares(units).flatMap((share, at) => [
    '--item',
    `${SKUS[at]}=${share}@${PRICE_FIRST + at}.00`,
  ]);
  const name = `k6 ${scenario}, seed ${seed}`;
  const terms = ['--opens-at', 'now', '--hold-ttl', String(holdTtl)];
  const [out, err] = [new Text(), new Text()];
  const args = ['drop', 'create', '--name', name, ...items, ...terms, '--json'];
  const code = await runCli({ args, env, streams: { out, err }, interrupted: signal });
  if (code !== 0) throw new Error(`the drop could not be made: ${err.text.trim() || out.text.trim()}`);
  return { id: (JSON.parse(out.text) as { id: string }).id, units };
}

/** The first SKU has what does not divide; a few units are one SKU. */
function shares(units: number): number[] {
  const third = Math.floor(units / SKUS.length);
  return third === 0 ? [units] : [units - 2 * third, third, third];
}

/** An existing drop: its units are what it has in all. */
export async function readDrop(address: string, id: string): Promise<RunDrop> {
  const answer = await fetch(`${address}/v1/drops/${id}`, { signal: AbortSignal.timeout(READ_MS) });
  if (!answer.ok) throw new Error(`the drop ${id} cannot be read at ${address}: ${answer.status}`);
  const { items } = (await answer.json()) as { items: { stock: { total?: number } }[] };
  return { id, units: items.reduce((sum, { stock }) => sum + (stock.total ?? 0), 0) };
}

class Text extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
