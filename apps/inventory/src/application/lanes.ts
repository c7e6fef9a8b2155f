import { ServiceUnavailable, type Busy } from '@holdfast/contracts';
import type { AnswerTo, LaneCommand } from '../domain/lane-command';
import { Lane, type LaneParts } from './lane';

const IDLE_MS = 60_000; // long enough that a drop in use keeps what its lane has learnt, short enough that old drops cost nothing

/** The lanes of this process: one for each drop, made when it is first needed and dropped when nobody has used it for a while. */
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

  /** Forgets lanes that have nothing to do. Called by the sweeper. */
  dropIdle(): void {
    for (const [dropId, lane] of this.byDrop) if (lane.idleForMs > IDLE_MS) this.byDrop.delete(dropId);
  }

  get size(): number {
    return this.byDrop.size;
  }

  /** Takes nothing new and waits until every command that was taken is answered. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.byDrop.values()].map((lane) => lane.close()));
  }
}
