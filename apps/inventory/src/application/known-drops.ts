import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, isDropId, withDeadline } from '@holdfast/kernel';

/** Which of these drops exist. */
export type FindKnownDrops = (dropIds: readonly string[]) => Promise<string[]>;

// At most 32 characters each: under 2 MB. A shop with more drops in use sometimes queries them again.
const KNOWN_MAX = 10_000;
const WAITING_MAX = 2_000;
const ASKED_AT_ONCE_MAX = 500;
const DEADLINE_MS = 1_500;

interface Question {
  promise: Promise<boolean>;
  answer: (known: boolean) => void;
  fail: (error: unknown) => void;
}

/**
 * Caches which drops exist, so that an invented id costs nothing: no lane, no entry at the gate, no batch and
 * no connection. A known drop is a look-up in memory; unknown ids are queried from the ledger with one
 * statement at a time, however many a client invents. Missing drops are not cached: they may be created at
 * any time. A deleted one is refused by its lane.
 */
export class KnownDrops {
  private readonly known = new Set<string>();
  private readonly waiting = new Map<string, Question>();
  private asking = false;

  constructor(private readonly find: FindKnownDrops) {}

  /**
   * Synchronous if the drop is known. Rejects with `ServiceUnavailable` if the ledger does not answer, or too
   * many requests wait for it.
   */
  has(dropId: string): boolean | Promise<boolean> {
    if (this.known.has(dropId)) return true;
    if (!isDropId(dropId)) return false;
    const waits = this.waiting.get(dropId);
    if (waits) return waits.promise;
    if (this.waiting.size >= WAITING_MAX)
      return Promise.reject(new ServiceUnavailable('too many unknown drops are asked for'));
    const question = newQuestion();
    this.waiting.set(dropId, question);
    if (!this.asking) void this.askInTurns();
    return question.promise;
  }

  /** Number of stored ids, known ones and those being queried. */
  get size(): number {
    return this.known.size + this.waiting.size;
  }

  private async askInTurns(): Promise<void> {
    this.asking = true;
    while (this.waiting.size > 0) {
      const questions = [...this.waiting].slice(0, ASKED_AT_ONCE_MAX);
      const ids = questions.map(([dropId]) => dropId);
      try {
        const there = new Set(await withDeadline('the ledger', DEADLINE_MS, this.find(ids)));
        for (const [dropId, { answer }] of questions) {
          this.waiting.delete(dropId);
          if (there.has(dropId)) this.remember(dropId);
          answer(there.has(dropId));
        }
      } catch (error) {
        const fault =
          error instanceof DeadlineExceeded
            ? new ServiceUnavailable('the ledger did not answer in time')
            : error;
        for (const [dropId, { fail }] of questions) {
          this.waiting.delete(dropId);
          fail(fault);
        }
      }
    }
    this.asking = false;
  }

  private remember(dropId: string): void {
    if (this.known.size >= KNOWN_MAX) this.known.delete(this.known.values().next().value!);
    this.known.add(dropId);
  }
}

function newQuestion(): Question {
  let answer: Question['answer'] = () => undefined;
  let fail: Question['fail'] = () => undefined;
  const promise = new Promise<boolean>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { promise, answer, fail };
}
