import {
  FAULT_TARGETS,
  REHEARSAL_LIMITS,
  REHEARSAL_PROFILES,
  type RehearsalSettings,
  rehearsalWordsSchema,
  settingsOf,
} from '@holdfast/contracts';
import { type Command, Option } from 'commander';
import { isLoopback } from '../k6/options';
import { httpAddress } from '../options';

/** As they stand on the command line: numbers are texts, and checked with everything else. */
export interface RehearseOptions {
  drop: string;
  profile?: string;
  shoppers?: string;
  duration?: string;
  seed?: string;
  faults?: string;
  like?: string;
  times?: string;
  whileSelling?: true;
  target?: string;
  iOwnThisTarget?: true;
  report?: string;
}

export function addRehearseOptions(command: Command): Command {
  const { shoppersMax, secondsMin, secondsMax, timesMax } = REHEARSAL_LIMITS;
  return command
    .requiredOption('--drop <id>', 'drop ID')
    .addOption(
      new Option('--profile <name>', 'how shoppers arrive (default: spike)').choices(REHEARSAL_PROFILES),
    )
    .option('--shoppers <n>', `1 to ${shoppersMax} (default: ten for each unit, 5000 at most)`)
    .option('--duration <s>', `seconds in which they arrive, ${secondsMin} to ${secondsMax} (default: 30)`)
    .option('--seed <n>', 'random seed, to repeat an earlier rehearsal')
    .option('--faults <list>', `what fails during the peak, with commas: ${FAULT_TARGETS.join(', ')}`)
    .option('--like <dropId>', 'replay the arrivals of this past drop')
    .option('--times <x>', `multiply them, up to ${timesMax} (default: 1)`)
    .option('--while-selling', 'rehearse although a real drop is open; its shoppers will notice')
    .option('--target <url>', 'rehearse at this address instead of that of the running product', httpAddress)
    .option('--i-own-this-target', 'allow a --target on another machine: only for one that is yours')
    .option('--report <file.html>', 'write the report to this file');
}

/** What is rehearsed of a drop with so many units. Ends with exit code 2 when an option is wrong. */
export function settingsFor(
  command: Command,
  options: RehearseOptions,
): (units: number) => RehearsalSettings {
  const { profile, faults, like, target } = options;
  const words = rehearsalWordsSchema.safeParse({
    ...defined({ profile, faults, like }),
    ...defined({
      shoppers: number(options.shoppers),
      duration: number(options.duration),
      seed: number(options.seed),
      times: number(options.times),
    }),
    ...(options.whileSelling ? { whileSelling: true } : {}),
  });
  if (!words.success) {
    const [{ path, message }] = words.error.issues as [(typeof words.error.issues)[number]];
    const said = message.replace('needs like', 'needs --like');
    return command.error(`error: option '--${String(path[0])}' ${said}`);
  }
  if (target !== undefined && !isLoopback(new URL(target).hostname) && !options.iOwnThisTarget)
    return command.error(
      `error: option '--target': ${new URL(target).hostname} is another machine, and a rehearsal is an attack on one that is not prepared for it. If it is yours, add --i-own-this-target.`,
    );
  return (units) => ({ ...settingsOf(words.data, { units }), target: target ?? null });
}

/** NaN for what is no number: the schema then says so. */
function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
