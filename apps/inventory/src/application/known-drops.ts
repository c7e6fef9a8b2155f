import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, withDeadline } from '@holdfast/kernel';

/** Which of these drops there are. */
export type FindKnownDrops = (dropIds: readonly string[]) => Promise<string[]>;

// 32 letters at most: under 2 MB. A shop with more drops in use asks again now and then.
const KNOWN_MAX = 10_000;
const WAITING_MAX = 2_000;
const ASKED_AT_ONCE_MAX = 500;
const DEADLINE_MS = 1_500;

/** The shape of a drop's id. Anything else is no drop. */
const DROP_ID = /^[a-z][0-9a-z]{2,31}$/;

interface Question {
  promise: Promise<boolean>;
  answer: (known: boolean) => void;
  fail: (error: unknown) => void;
}

/**
 * Knows which drops there are, so that an invented one gets nothing: no lane, no entry at the gate, no batch and no connection of its own. What
 * is known is a look-up in memory; all that is not is asked of the ledger in one statement at a time, however many ids somebody makes up.
 * A drop that is not there is not remembered: it may be made the next moment. One that was deleted is refused by its lane.
 */
export class KnownDrops {
  private readonly known = new Set<string>();
  private readonly waiting = new Map<string, Question>();
  private asking = false;

  constructor(private readonly find: FindKnownDrops) {}

  /** At once when the drop is known. Rejects with `ServiceUnavailable` when the ledger does not answer, or too many wait for it. */
  has(dropId: string): boolean | Promise<boolean> {
    if (this.known.has(dropId)) return true;
    if (!DROP_ID.test(dropId)) return false;
    const waits = this.waiting.get(dropId);
    if (waits) return waits.promise;
    if (this.waiting.size >= WAITING_MAX)
      return Promise.reject(new ServiceUnavailable('too many unknown drops are asked for'));
    const question = newQuestion();
    this.waiting.set(dropId, question);
    if (!this.asking) void this.askInTurns();
    return question.promise;
  }

  /** How many ids are kept, known ones and those asked for. */
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
