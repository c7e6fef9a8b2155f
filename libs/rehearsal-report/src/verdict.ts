import type { Rehearsal, RehearsalPromise, RehearsalPromiseName } from '@holdfast/contracts';
import { amount, counted, listed, percent } from './amounts';

/** What each promise says, and what is said when it breaks. */
export const PROMISE_WORDS: Readonly<Record<RehearsalPromiseName, { says: string; broke: string }>> = {
  'no-oversell': {
    says: 'No more units are granted than there are',
    broke: 'more units were granted than there are',
  },
  'money-equals-orders': {
    says: 'The money that the provider captured equals the orders',
    broke: 'the money that the provider captured differs from the orders',
  },
  invariants: { says: 'All invariants of the ledger hold', broke: 'an invariant of the ledger is broken' },
  'no-server-errors': { says: 'No shopper gets a server error', broke: 'shoppers got server errors' },
  'hold-p99': { says: '99 in 100 holds are answered in time', broke: 'holds were answered too slowly' },
  'pay-p99': { says: '99 in 100 payments are answered in time', broke: 'payments were answered too slowly' },
  'live-age-p99': {
    says: '99 in 100 live counts are young enough',
    broke: 'the live counts were too old',
  },
  'sold-out-or-demand-met': {
    says: 'All units are sold, or everybody got what they wanted',
    broke: 'units were left although shoppers wanted them',
  },
  'recovers-after-fault': {
    says: 'It recovers after each fault',
    broke: 'it did not recover in time after a fault',
  },
};

/** What is bounded from below; all others are bounded from above. */
const AT_LEAST: ReadonlySet<RehearsalPromiseName> = new Set(['sold-out-or-demand-met']);

/** Within its limit, and broken all the same: what should have been measured did not happen. */
const isMissing = ({ name, limit, measured, ok }: RehearsalPromise) =>
  !ok && (AT_LEAST.has(name) ? measured >= limit : measured <= limit);

/** What was measured, in words. */
export function measuredWords(promise: RehearsalPromise): string {
  if (!isMissing(promise)) return amount(promise.measured, promise.unit);
  return promise.name === 'recovers-after-fault' ? 'never' : 'not measured';
}

/** The limit in words: at most 500 ms. `none` for a limit of zero. */
export function limitWords({ name, limit, unit }: RehearsalPromise): string {
  if (AT_LEAST.has(name)) return `at least ${amount(limit, unit)}`;
  return limit === 0 ? 'none' : `at most ${amount(limit, unit)}`;
}

/** The same, short: ≤ 500 ms. */
export const limitSigns = (promise: RehearsalPromise): string =>
  limitWords(promise).replace('at most', '≤').replace('at least', '≥');

/** How much of the limit is left (negative: missing), as a share of it; null where the limit is zero, or nothing was measured. */
export function margin(promise: RehearsalPromise): number | null {
  const { name, limit, measured } = promise;
  if (limit === 0 || isMissing(promise)) return null;
  return (AT_LEAST.has(name) ? measured - limit : limit - measured) / limit;
}

/** The verdict in one sentence, with the promise that broke. */
export function verdictSentence(rehearsal: Rehearsal): string {
  const { state, verdict, promises, detail, progress, settings } = rehearsal;
  const why = detail.trim().replace(/^No verdict: |[.\s]+$/g, '');
  if (state === 'running') return `No verdict yet: the rehearsal is running (${percent(progress)}).`;
  if (state === 'failed') return `No verdict: ${why.replace(/^The /, 'the ') || 'the rehearsal failed'}.`;
  if (state === 'stopped') return `No verdict: the rehearsal was stopped at ${percent(progress)}.`;
  if (verdict === 'go')
    return `Go: ${promises.length === 1 ? 'the promise' : `all ${promises.length} promises`} held with ${counted(settings.shoppers, 'shopper')} in ${counted(settings.duration, 'second')}.`;
  const broken = promises.filter((it) => !it.ok);
  const [first, ...others] = broken;
  if (verdict !== 'no-go' || !first) return `No verdict${why === '' ? '' : `: ${why}`}.`;
  const measured = measuredWords(first);
  const more = others.length === 0 ? '' : `; ${listed(others.map(({ name }) => name))} broke as well`;
  return `No-go: ${PROMISE_WORDS[first.name].broke} (${first.name}: ${measured}, promised: ${limitWords(first)})${more}.`;
}

/** What the runner says beyond `verdictSentence`; empty when that is nothing. */
export function moreWords({ state, verdict, detail }: Rehearsal): string {
  if (state !== 'done' || verdict === null) return '';
  return detail.replace(/^(Go: [^.]*\.\s*|No-go: )/, '');
}

const PLAIN_WORD = /^[\w.:/@%+=-]+$/;
const quoted = (word: string) => (PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The command that rehearses the same again. */
export function repeatCommand({ dropId, settings }: Rehearsal): string {
  const { profile, shoppers, duration, seed, faults, like, target, whileSelling } = settings;
  const words = ['npx holdfast rehearse --drop', quoted(dropId), '--profile', profile];
  words.push(`--shoppers ${shoppers} --duration ${duration} --seed ${seed}`);
  if (faults.length > 0) words.push('--faults', faults.join(','));
  if (like) words.push('--like', quoted(like.dropId), '--times', String(like.times));
  if (whileSelling) words.push('--while-selling');
  if (target !== null) words.push('--target', quoted(target), '--i-own-this-target');
  return words.join(' ');
}
