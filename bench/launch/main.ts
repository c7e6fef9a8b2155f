import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '@holdfast/kernel';
import { startProduct, stopAllProducts } from '../../test/support/product';
import { Ledger } from './ledger';
import { profileOf } from './profile';
import { Rush, type Window } from './rush';

// What a rush costs while 50 people watch it, against nobody watching: CPU time of product and PostgreSQL for a hold, because watchers and load run on
// the same machine here. One rush goes on while watchers come and go in short windows, and each window with watchers is held against the two beside it,
// so that whatever else the machine does, and the growth of the ledger, hit both alike. How far two windows without watchers are apart is shown, too.
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 20);
const WINDOW_MS = Number(process.env['BENCH_MS'] ?? 2_000);
const WATCHERS = Number(process.env['BENCH_WATCHERS'] ?? 50);
const WARM_UP_MS = 5_000;
const AT_REST_MS = 10_000;
const COST_MAX = 1.1;

/** A window with watchers, and those without before and after it. */
interface Round {
  before: Window;
  watched: Window;
  after: Window;
}

async function main(profile: boolean): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const profiled = profileOf(profile, scratch);
  const product = await startProduct({ env: { HOLDFAST_DEMO: 'off', ...profiled.env } });
  try {
    const ledger = await Ledger.of(product);
    const rush = await Rush.prepare(product, ledger, join(scratch, 'tokens'));
    rush.begin();
    await rush.window(0, WARM_UP_MS);
    if (profile)
      for (const watchers of [0, WATCHERS])
        console.log(await profiled.of(product.pid, () => rush.window(watchers, WARM_UP_MS)));
    const rounds = profile ? [] : await runRounds(rush);
    await rush.end();
    if (!profile) await showAtRest(rush);
    await ledger.close();
    return profile ? 0 : verdict(rounds);
  } finally {
    await stopAllProducts();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runRounds(rush: Rush): Promise<Round[]> {
  const rounds: Round[] = [];
  // Without the first one, in which code was still being compiled.
  await rush.window(WATCHERS, WINDOW_MS);
  let before = await rush.window(0, WINDOW_MS);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const watched = await rush.window(WATCHERS, WINDOW_MS);
    const after = await rush.window(0, WINDOW_MS);
    console.log(
      `${round}: alone ${describe(before)}  |  ${WATCHERS} watchers ${describe(watched)}  |  ${costOf({ before, watched, after }, cpuOf).toFixed(2)}`,
    );
    rounds.push({ before, watched, after });
    before = after;
  }
  return rounds;
}

/** What the streams cost by themselves, on the drop with all its holds. */
async function showAtRest(rush: Rush): Promise<void> {
  const [none, some] = [await rush.cpuASecond(0, AT_REST_MS), await rush.cpuASecond(WATCHERS, AT_REST_MS)];
  console.log(`ms of CPU a second at rest: ${none.toFixed(1)}, with ${WATCHERS} watchers ${some.toFixed(1)}`);
}

function verdict(rounds: Round[]): number {
  const show = (name: string, of: (window: Window) => number) => {
    const ratios = rounds.map((round) => costOf(round, of)).sort((a, b) => a - b);
    const at = (share: number) => ratios[Math.floor((ratios.length - 1) * share)]!.toFixed(2);
    const chance = median(rounds.map(({ before, after }) => of(after) / of(before)));
    console.log(
      `${name}, watched ÷ alone: ${median(ratios).toFixed(3)}, half of the rounds ${at(0.25)} to ${at(0.75)}; alone ÷ alone: ${chance.toFixed(3)}`,
    );
    return median(ratios);
  };
  show('holds a second', (it) => it.perSecond);
  show('CPU a hold of the product', (it) => it.productMicros);
  show('CPU a hold of PostgreSQL', (it) => it.postgresMicros);
  const cost = show('CPU a hold', cpuOf);
  console.log(`wanted ≤ ${COST_MAX}`);
  return cost <= COST_MAX ? 0 : 1;
}

const costOf = ({ before, watched, after }: Round, of: (window: Window) => number) =>
  of(watched) / ((of(before) + of(after)) / 2);

const cpuOf = ({ productMicros, postgresMicros }: Window) => productMicros + postgresMicros;

const describe = ({ perSecond, productMicros, postgresMicros }: Window) =>
  `${perSecond.toFixed(0)} holds/s, µs of CPU a hold ${productMicros.toFixed(0)} + PostgreSQL ${postgresMicros.toFixed(0)}`;

void main(process.argv.includes('--profile')).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
