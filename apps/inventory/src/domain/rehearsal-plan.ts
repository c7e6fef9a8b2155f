import {
  EVIDENCE_BYTES_MAX,
  REHEARSAL_LIMITS,
  type RehearsalEvidence,
  type RehearsalSettings,
} from '@holdfast/contracts';

type FieldErrors = { pointer: string; message: string }[];

/** What was counted of a past drop, by the second since the first; seconds in between had nothing. */
export interface PastSecond {
  second: number;
  arrivals: number;
}

/**
 * Shoppers second by second, `times` as many as arrived. Sums are rounded and not seconds, so that the total is right
 * and a thin stream does not vanish.
 */
export function replayedArrivals(past: readonly PastSecond[], times: number): number[] {
  const length = Math.max(0, ...past.map(({ second }) => second + 1));
  const counted = new Array<number>(length).fill(0);
  for (const { second, arrivals } of past) counted[second]! += arrivals;
  let sum = 0;
  let sent = 0;
  return counted.map((arrivals) => {
    sum += arrivals * times;
    const now = Math.round(sum) - sent;
    sent += now;
    return now;
  });
}

/** The settings as they will be: a replay has the shoppers and the seconds of its arrivals. */
export function settingsWith(
  settings: RehearsalSettings,
  arrivals: readonly number[] | null,
): { kind: 'settings'; settings: RehearsalSettings } | { kind: 'invalid'; errors: FieldErrors } {
  if (arrivals === null) return { kind: 'settings', settings };
  const shoppers = arrivals.reduce((sum, each) => sum + each, 0);
  const { shoppersMax, secondsMin } = REHEARSAL_LIMITS;
  if (shoppers === 0)
    return invalid('/times', 'leaves no shopper of the arrivals of that drop: raise it or leave it out');
  if (shoppers > shoppersMax)
    return invalid(
      '/times',
      `makes ${shoppers} shoppers of the arrivals of that drop, and a rehearsal has at most ${shoppersMax}: lower it`,
    );
  return {
    kind: 'settings',
    settings: { ...settings, shoppers, duration: Math.max(secondsMin, arrivals.length) },
  };
}

function invalid(pointer: string, message: string) {
  return { kind: 'invalid' as const, errors: [{ pointer, message }] };
}

/** The evidence within its bound: every second second goes, as often as needed, and a check says so. */
export function boundedEvidence(
  evidence: RehearsalEvidence,
  bytesMax: number = EVIDENCE_BYTES_MAX,
): RehearsalEvidence {
  for (let every = 1; ; every *= 2) {
    const seconds = evidence.seconds.filter((_, i) => i % every === 0);
    const detail = `Only one second in ${every} is kept: the evidence is bounded by ${bytesMax} bytes.`;
    const thinned = { says: 'The evidence of single seconds is kept', ok: true, detail };
    const bounded = every === 1 ? evidence : { ...evidence, seconds, checks: [...evidence.checks, thinned] };
    if (Buffer.byteLength(JSON.stringify(bounded)) <= bytesMax) return bounded;
    if (seconds.length <= 1) return { ...evidence, seconds: [], checks: [thinned], faults: [], rates: [] };
  }
}
