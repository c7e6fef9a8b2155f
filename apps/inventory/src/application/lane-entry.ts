import type { Busy } from '@holdfast/contracts';
import type { LaneAnswer, LaneCommand } from '../domain/lane-command';

/** One command that waits in a lane, and the caller who waits for it. */
export class LaneEntry {
  settled = false;
  /** Later callers who ask for the very same hold while this one waits. They get this one's answer. */
  followers: LaneEntry[] | null = null;

  constructor(
    readonly command: LaneCommand,
    /** By the monotonic clock of this process: after it nobody listens any more. */
    readonly deadlineAt: number,
    private readonly onAnswer: (answer: LaneAnswer | Busy) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  answer(answer: LaneAnswer | Busy): void {
    if (!this.settled) {
      this.settled = true;
      this.onAnswer(answer);
    }
    if (this.followers === null) return;
    const theirs = answer.kind === 'held' ? { ...answer, replayed: true } : answer;
    for (const follower of this.followers) follower.answer(theirs);
  }

  fail(error: unknown): void {
    if (!this.settled) {
      this.settled = true;
      this.onFailure(error);
    }
    for (const follower of this.followers ?? []) follower.fail(error);
  }
}
