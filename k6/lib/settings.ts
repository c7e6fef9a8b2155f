/** The settings of a scenario, from the environment; `apps/cli/src/k6` sets all of them. */
export interface Settings {
  /** Origin of the product, without a slash at its end. */
  url: string;
  dropId: string;
  shoppers: number;
  units: number;
  seconds: number;
  watchers: number;
  seed: number;
  /**
   * The operator's pass: lets these shoppers, who all come from one address, past the public limits. ''
   * without one.
   */
  pass: string;
  /** A folder that exists; the report goes there. */
  out: string;
  holdP95Ms: number;
  holdP99Ms: number;
  /** Of a hundred shoppers so many may be kept away by k6's own machine, which had no time to send them. */
  droppedPercentMax: number;
}

/** Throws an Error that names what is missing: k6 then ends before it sends anything. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const text = (name: string, fallback?: string): string => {
    const value = env[`HOLDFAST_K6_${name}`] ?? fallback;
    if (value !== undefined) return value;
    throw new Error(`HOLDFAST_K6_${name} is not set: run \`npm run k6\`, which sets it`);
  };
  const whole = (name: string, fallback?: number): number => {
    const value = text(name, fallback?.toString());
    if (/^\d{1,10}$/.test(value)) return Number(value);
    throw new Error(`HOLDFAST_K6_${name} must be a whole number`);
  };
  const shoppers = whole('SHOPPERS', 200);
  return {
    url: text('URL').replace(/\/+$/, ''),
    dropId: text('DROP'),
    shoppers,
    units: whole('UNITS'),
    seconds: whole('SECONDS', 20),
    watchers: whole('WATCHERS', Math.ceil(shoppers / 50)),
    seed: whole('SEED', 1),
    pass: text('PASS', ''),
    out: text('OUT', 'test-results/k6'),
    holdP95Ms: whole('HOLD_P95_MS', 1_500),
    holdP99Ms: whole('HOLD_P99_MS', 3_000),
    droppedPercentMax: whole('DROPPED_PERCENT_MAX', 1),
  };
}
