import { createLedger } from '../../test/support/database';
import { insertDrop } from '../../test/support/drops';
import { openInventory } from '../../test/support/inventory';
import { faultsOf } from './checks';
import { runLane } from './lane-load';
import { NAIVE_VARIANTS, runNaive, type NaiveVariant } from './naive';
import { benchServer } from './server';

// The lane core against the naive way, in alternating pairs on one server, so that whatever else the machine does hits both.
const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 5);
const FOR_MS = Number(process.env['BENCH_MS'] ?? 3_000);
const CALLERS = Number(process.env['BENCH_CALLERS'] ?? 1_024);
const NAIVE_CLIENTS = 32;
const WANTED_RATIO = 15;
const SELL_OUT_UNITS = 5_000;

const faults: string[] = [];

async function naivePair(url: string, variant: NaiveVariant): Promise<number> {
  const dropId = await insertDrop(url, { skus: { A: 10_000_000 } });
  const { held, perSecond } = await runNaive(url, dropId, variant, { clients: NAIVE_CLIENTS, forMs: FOR_MS });
  faults.push(...(await faultsOf(url, dropId, held)));
  return perSecond;
}

async function lanePair(url: string, networks: boolean): Promise<number> {
  const inventory = openInventory(url);
  const dropId = await insertDrop(url, { skus: { A: 10_000_000 } });
  const load = await runLane(inventory, dropId, {
    callers: CALLERS,
    networks,
    until: (_, elapsedMs) => elapsedMs >= FOR_MS,
  });
  faults.push(...(await faultsOf(url, dropId, load.held)));
  if (load.soldOut + load.other > 0) faults.push(`${load.soldOut + load.other} places were refused`);
  await inventory.close();
  return load.perSecond;
}

/** Three shoppers for two units: exactly the units are held, everybody else hears that it is sold out. */
async function sellOut(url: string): Promise<void> {
  const inventory = openInventory(url);
  const dropId = await insertDrop(url, { skus: { A: SELL_OUT_UNITS } });
  const asking = SELL_OUT_UNITS * 1.5;
  const load = await runLane(inventory, dropId, { callers: 500, until: (asked) => asked >= asking });
  await inventory.close();
  faults.push(...(await faultsOf(url, dropId, load.held)));
  if (load.held !== SELL_OUT_UNITS || load.other > 0 || load.soldOut !== asking - SELL_OUT_UNITS)
    faults.push(`sell-out of ${SELL_OUT_UNITS}: ${JSON.stringify(load)}`);
}

async function fasterNaive(url: string): Promise<NaiveVariant> {
  const rates = [];
  for (const variant of NAIVE_VARIANTS) {
    const perSecond = await naivePair(url, variant);
    console.log(`naive, ${variant.name}: ${perSecond.toFixed(0)} holds/s`);
    rates.push({ variant, perSecond });
  }
  return rates.sort((a, b) => b.perSecond - a.perSecond)[0]!.variant;
}

function spread(values: number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number) => sorted[i]!.toFixed(digits);
  return `min ${at(0)}  median ${at(sorted.length >> 1)}  max ${at(sorted.length - 1)}`;
}

async function main(): Promise<void> {
  const server = await benchServer();
  const ledger = await createLedger('bench_lane');
  try {
    const naive = await fasterNaive(ledger.url);
    console.log(`compared with: ${naive.name}, ${NAIVE_CLIENTS} clients; lane: ${CALLERS} callers at once\n`);
    const naiveRates: number[] = [];
    const laneRates: number[] = [];
    const networkRates: number[] = [];
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      naiveRates.push(await naivePair(ledger.url, naive));
      laneRates.push(await lanePair(ledger.url, false));
      networkRates.push(await lanePair(ledger.url, true));
      await sellOut(ledger.url);
      const [n, l] = [naiveRates.at(-1)!, laneRates.at(-1)!];
      console.log(
        `pair ${pair}: naive ${n.toFixed(0)} holds/s  lane ${l.toFixed(0)} holds/s  ratio ${(l / n).toFixed(1)}` +
          `  each from a network of its own ${networkRates.at(-1)!.toFixed(0)} holds/s`,
      );
    }
    const ratios = laneRates.map((rate, i) => rate / naiveRates[i]!);
    console.log(`\nnaive  holds/s  ${spread(naiveRates, 0)}`);
    console.log(`lane   holds/s  ${spread(laneRates, 0)}`);
    console.log(`ratio           ${spread(ratios, 1)}  (wanted: ${WANTED_RATIO})`);
    const ofLane = networkRates.map((rate, i) => rate / laneRates[i]!);
    console.log(`networks ÷ lane ${spread(ofLane, 2)}  (the budgets of networks against none)`);
    if (Math.min(...ratios) < WANTED_RATIO) faults.push(`a ratio is below ${WANTED_RATIO}`);
    console.log(faults.length === 0 ? 'counts: exact, nothing oversold' : faults.join('\n'));
  } finally {
    await ledger.drop();
    await server.stop();
  }
  process.exitCode = faults.length === 0 ? 0 : 1;
}

void main();
