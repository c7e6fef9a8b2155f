import { ServiceUnavailable, type Busy } from '@holdfast/contracts';
import type { AnswerTo, LaneCommand } from '../domain/lane-command';
import { Lane, type LaneParts } from './lane';

// Long enough that a drop in use keeps its lane's estimates, short enough that old drops cost nothing.
const IDLE_MS = 60_000;

/**
 * The lanes of this process: one for each drop, created on first use and removed when it has been idle for a
 * while.
 */
export class Lanes {
  private readonly byDrop = new Map<string, Lane>();
  private closed = false;

  constructor(private readonly parts: LaneParts) {}

  submit<C extends LaneCommand>(dropId: string, command: C): Promise<AnswerTo<C> | Busy> {
    if (this.closed) return Promise.reject(new ServiceUnavailable('shutting down'));
    let lane = this.byDrop.get(dropId);
    if (!lane) this.byDrop.set(dropId, (lane = new Lane(dropId, this.parts)));
    return lane.submit(command);
  }

  /** Removes idle lanes. Called by the sweeper. */
  dropIdle(): void {
    for (const [dropId, lane] of this.byDrop) if (lane.idleForMs > IDLE_MS) this.byDrop.delete(dropId);
  }

  get size(): number {
    return this.byDrop.size;
  }

  /** Drains: accepts nothing new and waits until every accepted command is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.byDrop.values()].map((lane) => lane.close()));
  }
}
