import { DROP_DEFAULTS, isCurrency, LIMITS, parseAmountMinor } from '@holdfast/kernel';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** A reader for a whole number in a range; commander turns its refusal into exit code 2. */
export function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
  };
}

/** RFC 3339 with a zone: without one nobody knows which hour is meant. */
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;

export function timestamp(text: string): string {
  const day = TIMESTAMP.exec(text)?.[1];
  const ms = day === undefined ? Number.NaN : Date.parse(text.replace(' ', 'T').toUpperCase());
  // Date.parse takes 30 February for 2 March.
  const realDay =
    day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (Number.isNaN(ms) || !realDay)
    throw new InvalidArgumentError('Use a date and time with a time zone, such as 2026-12-01T10:00:00Z.');
  return new Date(ms).toISOString();
}

function currencyCode(text: string): string {
  const code = text.toUpperCase();
  if (isCurrency(code)) return code;
  throw new InvalidArgumentError('Use an ISO 4217 code such as EUR.');
}

export function dropName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= LIMITS.nameLengthMax && !/\p{Cc}/u.test(name)) return name;
  throw new InvalidArgumentError(`Use 1 to ${LIMITS.nameLengthMax} characters on one line.`);
}

export interface DropOptions {
  name?: string;
  opensAt?: string;
  closesAt?: string;
  limit: number;
  holdTtl: number;
  currency: string;
  merchant?: string;
}

/** The terms of a new drop, the same for `import` and `drop create`. */
export function addDropOptions(command: Command): Command {
  const { perCustomerLimitMin, perCustomerLimitMax, holdTtlSecondsMin, holdTtlSecondsMax } = LIMITS;
  return command
    .option(
      '--opens-at <time|now>',
      'opening time with a time zone, such as 2026-12-01T10:00:00Z; without it the drop is a draft',
      (text) => (text === 'now' ? text : timestamp(text)),
    )
    .option('--closes-at <time>', 'closing time', timestamp)
    .option('--merchant <id>', 'the merchant whose drop it is; default: the first one')
    .addOption(
      new Option('--limit <n>', 'maximum units per customer, across all SKUs')
        .argParser(wholeNumber(perCustomerLimitMin, perCustomerLimitMax))
        .default(DROP_DEFAULTS.perCustomerLimit),
    )
    .addOption(
      new Option('--hold-ttl <seconds>', 'seconds until an unpaid hold expires')
        .argParser(wholeNumber(holdTtlSecondsMin, holdTtlSecondsMax))
        .default(DROP_DEFAULTS.holdTtlSeconds),
    )
    .addOption(
      new Option('--currency <code>', 'currency of all prices')
        .argParser(currencyCode)
        .default(DROP_DEFAULTS.currency),
    );
}

/** A drop that would be over before it begins is a slip of the keyboard. */
export function checkTimes(command: Command, { opensAt, closesAt }: DropOptions, nowMs: number): void {
  if (closesAt === undefined) return;
  const opens = opensAt === undefined || opensAt === 'now' ? nowMs : Date.parse(opensAt);
  if (Date.parse(closesAt) <= opens)
    command.error("error: option '--closes-at' must be later than the opening, and in the future");
}

export interface ItemOption {
  sku: string;
  units: number;
  /** Decimal amount; what it is worth depends on --currency, which may come later on the line. */
  price: string;
}

/** Collects `--item SKU=units@price`. The SKU may itself contain `=` or `@`: units and price are read from the right. */
export function itemOption(text: string, before: ItemOption[] = []): ItemOption[] {
  const match = /^(.+)=([^=@]*)@([^=@]*)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Use SKU=units@price, such as TEE-M=100@29.00.');
  const sku = match[1]!.trim();
  if (sku === '' || sku.length > LIMITS.skuLengthMax || /\p{Cc}/u.test(sku))
    throw new InvalidArgumentError(`A SKU must have 1 to ${LIMITS.skuLengthMax} characters on one line.`);
  if (before.some((item) => item.sku === sku))
    throw new InvalidArgumentError(`The SKU ${sku} is given twice.`);
  return [...before, { sku, units: wholeNumber(0, LIMITS.skuUnitsMax)(match[2]!), price: match[3]! }];
}

/** Reads a price of the command line; ends with exit code 2 when it is none. */
export function priceMinorOf(command: Command, { sku, price }: ItemOption, currency: string): number {
  const minor = parseAmountMinor(price, currency);
  if (minor === undefined || minor > LIMITS.priceMinorMax)
    command.error(
      `error: option '--item': the price '${price}' of ${sku} is not a valid amount in ${currency}, such as 29`,
    );
  return minor as number;
}

export function httpAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text).origin;
  throw new InvalidArgumentError('Use an address such as http://127.0.0.1:3000.');
}
