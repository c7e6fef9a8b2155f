import { judgePromises, type JudgedPromise } from './judge-promises';
import type { PromiseLimits } from './promise-limits';
import type { RehearsalFacts } from './rehearsal-facts';

export interface RehearsalVerdict {
  state: 'done' | 'failed';
  verdict: 'go' | 'no-go' | null;
  /** One sentence. */
  detail: string;
  promises: JudgedPromise[];
}

/** Promises that say something whatever the generator had time for. */
const HARD = new Set(['no-oversell', 'money-equals-orders', 'invariants']);

/**
 * Go when every promise was kept. No verdict when the run says nothing about the product: the generator was too
 * slow, or its own figures contradict each other.
 */
export function judgeRehearsal(facts: RehearsalFacts, limits?: PromiseLimits): RehearsalVerdict {
  const promises = judgePromises(facts, limits);
  const broken = promises.filter(({ ok }) => !ok);
  const why = facts.load.generator.bottleneck ?? contradiction(facts);
  if (why !== null) {
    const hard = broken.filter(({ name }) => HARD.has(name));
    const also = hard.length > 0 ? ` Found all the same: ${inWords(hard)}.` : '';
    // The generator's reason is a sentence of its own.
    const detail = `No verdict: ${why.replace(/\.$/, '')}.${also}`;
    return { state: 'failed', verdict: null, detail, promises };
  }
  if (broken.length > 0)
    return { state: 'done', verdict: 'no-go', detail: `No-go: ${inWords(broken)}.`, promises };
  const detail = `Go: all ${promises.length} promises were kept.`;
  return { state: 'done', verdict: 'go', detail, promises };
}

function inWords(broken: readonly JudgedPromise[]): string {
  return broken.map(({ name, says }) => `${name}, ${says}`).join('; ');
}

function contradiction({ load }: RehearsalFacts): string | null {
  const { counts, log, steps } = load;
  // A hold that was given to two is noted twice, and no contradiction but an oversell.
  const noted = log.holds.size + log.duplicates;
  const counted = counts['holds_given'] ?? 0;
  if ((counts['shoppers'] ?? 0) === 0) return 'no shopper came, so nothing was measured';
  if ((steps.hold?.count ?? 0) === 0) return 'no shopper asked for a hold, so nothing was measured';
  if (counted !== noted)
    return `the generator counted ${counted} holds and noted ${noted}: its log is incomplete`;
  return null;
}
