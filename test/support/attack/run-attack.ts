import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Attacker, type Attack, ATTACKS } from './attacker';
import { HonestShopper, newOutcome, type Step, STEPS } from './honest-shopper';
import { ProcessWatch } from './process-watch';
import { Tally } from './tally';

export interface AttackOptions {
  url: string;
  /** Of the process whose memory is watched: the gateway. */
  pid: number;
  dropId: string;
  sku: string;
  /** Without attackers, to compare with. */
  quietSeconds: number;
  seconds: number;
  addresses: number;
  shoppers: number;
  /** Rounds a second of each kind and attacking address. */
  rate: number;
  verify: () => Promise<{ ok: boolean; detail: string }>;
  say?: (line: string) => void;
}

export interface Promised {
  says: string;
  kept: boolean;
  detail: string;
}

export interface AttackReport {
  ok: boolean;
  promises: Promised[];
  honest: Record<'quiet' | 'attacked', HonestFigures>;
  attacks: Record<Attack, Tally>;
}

export interface HonestFigures {
  purchases: number;
  requests: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  p95MsOf: Record<Step, number | null>;
  postponed: Record<string, number>;
  faults: string[];
}

const CONNECTIONS_OF_ADDRESS = 200;
const DESCRIPTORS_BESIDE = 300; // what the product needs for itself, and the shoppers
const HALF_OPEN_MS_MAX = 45_000; // ten seconds, and on a busy machine as many again until it is accepted; without a bound it is for ever
const GIVEN_BACK_MS = HALF_OPEN_MS_MAX + 15_000; // the last of them was opened as the attack ended
const SLOWER_MAX = 5;
const POOLS_MAX = 60; // connections to the ledger, which are opened when they are needed and kept
// Flat: what grows does so at the beginning, until every bounded store is full.
const GROWTH = 1.15;
const GROWTH_MB = 24;

/** Attackers and shoppers from addresses of 127.0.0.0/8, each kind apart; ends by itself. Throws only when it cannot be made. */
export async function runAttack(options: AttackOptions): Promise<AttackReport> {
  const {
    url,
    pid,
    dropId,
    sku,
    quietSeconds,
    seconds,
    addresses,
    shoppers,
    rate,
    say = () => undefined,
  } = options;
  const [shopping, attacking] = [new AbortController(), new AbortController()];
  setMaxListeners(0, shopping.signal, attacking.signal);
  const [quiet, attacked] = [newOutcome(), newOutcome()];
  let outcome = quiet;
  const honest = addressesOf(2, shoppers).map((address, i) =>
    new HonestShopper(url, address, dropId, shopping.signal).buy(() => outcome, (i * 4_000) / shoppers),
  );
  const watch = new ProcessWatch(pid);
  const attacks = Object.fromEntries(ATTACKS.map((kind) => [kind, new Tally()])) as Record<Attack, Tally>;
  try {
    say(`${shoppers} shoppers for ${quietSeconds} s`);
    await pause(quietSeconds * 1_000);
    const before = watch.look();
    outcome = attacked;
    say(`${addresses} attackers for ${seconds} s`);
    const began = performance.now();
    const plan = { url, dropId, sku, rate, stop: attacking.signal };
    const attackers = addressesOf(1, addresses).map((address) =>
      new Attacker(plan, address, attacks).attack(),
    );
    await pause(seconds * 1_000);
    // On a busy machine honest shoppers are slow, too: the attack goes on until they have bought, or it is clear that they cannot.
    const enough = () => attacked.purchases >= shoppers / 2;
    const giveUpAt = began + seconds * 1_000 * SLOWER_MAX;
    while (!enough() && performance.now() < giveUpAt) await pause(200);
    const ended = performance.now();
    attacking.abort();
    await Promise.all(attackers);
    shopping.abort();
    await Promise.all(honest);
    const descriptorsLeftMax = (before?.descriptors ?? 0) + 2 * shoppers + POOLS_MAX;
    const left = await descriptorsGivenBack(watch, descriptorsLeftMax);
    const verified = await options.verify();
    const middle = (began + ended) / 2;
    const first = watch.most('residentMb', began, middle);
    const second = watch.most('residentMb', middle, ended);
    const descriptors = watch.most('descriptors', began, ended);
    const descriptorsMax = addresses * CONNECTIONS_OF_ADDRESS + DESCRIPTORS_BESIDE;
    const halfOpen = Math.round(attacks['half-open sockets'].slowest / 100) / 10;
    const faults = [...quiet.faults, ...attacked.faults];
    const promises: Promised[] = [
      {
        says: 'honest requests fail only with 429 or 503 and Retry-After',
        kept: faults.length === 0,
        detail: faults.length === 0 ? `${attacked.requests.sent} requests` : faults.slice(0, 5).join('; '),
      },
      {
        says: 'honest shoppers buy',
        kept: attacked.purchases >= shoppers / 2, // how many more says how busy the machine is
        detail: `${attacked.purchases} purchases of ${shoppers} shoppers`,
      },
      {
        says: 'memory is flat',
        kept: second > 0 && second <= first * GROWTH + GROWTH_MB,
        detail: `${before?.residentMb ?? '?'} MB before, at most ${first} and ${second} MB in the two halves`,
      },
      {
        says: 'one address has so many connections and no more',
        kept: descriptors > 0 && descriptors <= descriptorsMax,
        detail: `${descriptors} descriptors at most, ${descriptorsMax} allowed`,
      },
      {
        says: 'half-open sockets are closed',
        kept: halfOpen * 1_000 <= HALF_OPEN_MS_MAX,
        detail: `after ${halfOpen} s at most`,
      },
      {
        says: 'descriptors are given back',
        kept: left <= descriptorsLeftMax,
        detail: `${left} open afterwards, ${descriptorsLeftMax} allowed`,
      },
      { says: 'verify', kept: verified.ok, detail: verified.detail },
    ];
    return {
      ok: promises.every(({ kept }) => kept),
      promises,
      honest: { quiet: figuresOf(quiet), attacked: figuresOf(attacked) },
      attacks,
    };
  } finally {
    attacking.abort();
    shopping.abort();
    watch.stop();
  }
}

/** `127.<kind>.0.1` and on. */
function addressesOf(kind: number, n: number): string[] {
  return Array.from({ length: n }, (_, i) => `127.${kind}.${Math.floor(i / 250)}.${(i % 250) + 1}`);
}

/** How many are open at last; `Infinity` when the process is gone. */
async function descriptorsGivenBack(watch: ProcessWatch, most: number): Promise<number> {
  const end = performance.now() + GIVEN_BACK_MS;
  for (;;) {
    const left = watch.look()?.descriptors ?? Infinity;
    if (left <= most || left === Infinity || performance.now() > end) return left;
    await pause(200);
  }
}

function figuresOf(outcome: ReturnType<typeof newOutcome>): HonestFigures {
  const { requests, steps, postponed, purchases, faults } = outcome;
  const p95MsOf = Object.fromEntries(STEPS.map((step) => [step, steps[step].percentile(0.95)])) as Record<
    Step,
    number | null
  >;
  return {
    purchases,
    requests: requests.sent,
    p50Ms: requests.percentile(0.5),
    p95Ms: requests.percentile(0.95),
    p99Ms: requests.percentile(0.99),
    p95MsOf,
    postponed: Object.fromEntries(postponed.answers),
    faults,
  };
}
