import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AttackReport, runAttack } from '../../test/support/attack/run-attack';
import {
  type Mode,
  newDataDir,
  type Product,
  startProduct,
  stopAllProducts,
} from '../../test/support/product';
import { makeDrop } from '../../test/support/shop-client';

const HELP = `One product with 256 MB of heap under a mixed attack from some addresses of 127.0.0.0/8, while shoppers from others buy.

  npm run test:attack -- [options]

  --seconds <s>      how long the attack lasts, 5 to 600 (120)
  --addresses <n>    attackers, 1 to 200 (20)
  --shoppers <n>     honest shoppers, 1 to 200 (50)
  --rate <n>         rounds a second of each kind of attack and address, 1 to 100 (3)
  --mode <mode>      standalone or cluster (standalone)
  --json             one JSON document on standard output
  --help

Exit code: 0 every promise was kept, 1 one was not or the run could not be made, 2 wrong usage.`;

const NUMBERS = {
  seconds: [5, 600, 120],
  addresses: [1, 200, 20],
  shoppers: [1, 200, 50],
  rate: [1, 100, 3],
} as const;
type Numbers = Record<keyof typeof NUMBERS, number>;

class WrongUsage extends Error {}

const say = (line: string) => process.stderr.write(`${line}\n`);

function readOptions(): Numbers & { mode: Mode; json: boolean; help: boolean } {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    seconds: text,
    addresses: text,
    shoppers: text,
    rate: text,
    mode: text,
    json: flag,
    help: flag,
  };
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ options, strict: true }));
  } catch (error) {
    throw new WrongUsage((error as Error).message);
  }
  const number = (name: keyof typeof NUMBERS) => {
    const [min, max, usual] = NUMBERS[name];
    const value = values[name] === undefined ? usual : Number(values[name]);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new WrongUsage(`--${name}: a whole number from ${min} to ${max}`);
  };
  const mode = values.mode ?? 'standalone';
  if (mode !== 'standalone' && mode !== 'cluster') throw new WrongUsage('--mode: standalone or cluster');
  return {
    seconds: number('seconds'),
    addresses: number('addresses'),
    shoppers: number('shoppers'),
    rate: number('rate'),
    mode,
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

/** The process in which attackers arrive; in the cluster the first of the gateways. */
function gatewayPid({ pid, dataDir }: Product): number {
  const { mode, components } = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as {
    mode: Mode;
    components: { kind: string; pid: number }[];
  };
  return mode === 'standalone' ? pid : components.find(({ kind }) => kind === 'gateway')!.pid;
}

function show({ promises, honest, attacks }: AttackReport): void {
  say('\nshoppers                     requests  purchases  p50 ms  p95 ms  p99 ms  postponed');
  for (const [phase, it] of Object.entries(honest)) {
    const numbers = [it.requests, it.purchases, it.p50Ms, it.p95Ms, it.p99Ms];
    const widths = [9, 11, 8, 8, 8];
    const cells = numbers.map((value, at) => String(value ?? '–').padStart(widths[at]!)).join('');
    say(`${phase.padEnd(28)}${cells}  ${JSON.stringify(it.postponed)}`);
  }
  for (const [phase, { p95MsOf }] of Object.entries(honest))
    say(
      `p95 ms, ${phase}: ${Object.entries(p95MsOf)
        .map(([step, ms]) => `${step} ${ms ?? '–'}`)
        .join(', ')}`,
    );
  say('\nattacks                          sent  answers');
  for (const [kind, { sent, answers }] of Object.entries(attacks)) {
    const told = [...answers].map(([answer, times]) => `${answer}: ${times}`).join(', ');
    say(`${kind.padEnd(28)}${String(sent).padStart(9)}  ${told}`);
  }
  say('');
  for (const { says, kept, detail } of promises) say(`${kept ? 'kept  ' : 'BROKEN'}  ${says}: ${detail}`);
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return console.log(HELP);
  const env = { HOLDFAST_DEMO: 'off', HOLDFAST_LIMITS: 'on', NODE_OPTIONS: '--max-old-space-size=256' };
  const product = await startProduct({ mode: options.mode, dataDir: newDataDir(), env, fresh: true });
  try {
    const dropId = await makeDrop(product, ['TEE=100000@9.00'], '--limit', '10000', '--hold-ttl', '60');
    const report = await runAttack({
      ...options,
      quietSeconds: Math.min(20, Math.max(6, options.seconds / 4)),
      url: product.url,
      pid: gatewayPid(product),
      dropId,
      sku: 'TEE',
      verify: async () => {
        const { code, stdout } = await product.cli('verify');
        return { ok: code === 0, detail: code === 0 ? 'clean' : stdout.slice(-1_000) };
      },
      say,
    });
    show(report);
    if (!report.ok) say(product.output().slice(-3_000));
    if (options.json) console.log(JSON.stringify(report));
    process.exitCode = report.ok ? 0 : 1;
  } finally {
    await product.stop();
    await stopAllProducts();
  }
}

main().catch((error: unknown) => {
  say(error instanceof WrongUsage ? `${error.message}\n\n${HELP}` : String((error as Error).stack ?? error));
  process.exitCode = error instanceof WrongUsage ? 2 : 1;
});
