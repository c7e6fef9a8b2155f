import type { Answer } from './answer';

/** Called before each wait, to show the shopper that the request is being retried. */
export type OnTrouble = (trouble: { kind: 'unreachable' | 'busy' | 'too-many'; waitMs: number }) => void;

const PATIENCE_MS = 45_000;
const FIRST_WAIT_MS = 400;
const WAIT_MS_MAX = 5_000;
const RETRY_AFTER_S_MAX = 20; // longer than that, the shopper decides

/**
 * Retries until there is a definite answer. Safe only for calls with an Idempotency-Key, or without effect: a request whose answer was lost is sent
 * again with the same key, so that nothing is bought twice or lost.
 */
export async function persist<T>(send: () => Promise<Answer<T>>, onTrouble: OnTrouble): Promise<Answer<T>> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, WAIT_MS_MAX)) {
    const answer = await send();
    const trouble = troubleOf(answer);
    if (trouble === null) return answer;
    const asked = answer.kind === 'problem' ? (answer.retryAfterSeconds ?? 0) : 0;
    if (asked > RETRY_AFTER_S_MAX) return answer;
    // Up to half more, so that shoppers who failed together do not retry together.
    const waitMs = Math.max(wait, asked * 1000) * (1 + Math.random() / 2);
    if (performance.now() + waitMs > giveUpAt) return answer;
    onTrouble({ kind: trouble, waitMs });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function troubleOf(answer: Answer<unknown>): 'unreachable' | 'busy' | 'too-many' | null {
  if (answer.kind === 'unreachable') return 'unreachable';
  if (answer.kind === 'ok') return null;
  if (answer.status === 429) return 'too-many';
  return answer.status >= 500 || answer.status === 408 ? 'busy' : null;
}
