import { REHEARSAL_TIMES } from '@holdfast/contracts';
import type { RehearsalUpkeep, SilentRehearsal } from './ports/rehearsal-upkeep.port';

export const REHEARSAL_UPKEEP_EVERY_MS = 2_000;

export const GHOSTS_PURGE_EVERY_MS = 600_000;
/** As ended holds. By then the shared view has forgotten them (a week), and checkout their orders. */
const GHOSTS_KEPT_SECONDS = 30 * 86_400;
const GHOSTS_A_RUN = 100;

const LIMITS = {
  leaseSeconds: 10,
  takenOverWithinSeconds: REHEARSAL_TIMES.takenOverWithin,
  // The runner is told to stop at its end, and cleans up by itself.
  pastEndSeconds: 30,
} as const;

export interface EndedRehearsal {
  rehearsalId: string;
  detail: string;
}

/** Forgets what ghosts have left that were removed a month ago. Returns of how many. */
export function purgeOldGhosts(upkeep: Pick<RehearsalUpkeep, 'forgetGhosts'>): Promise<number> {
  return upkeep.forgetGhosts(GHOSTS_KEPT_SECONDS, GHOSTS_A_RUN);
}

/**
 * Ends rehearsals whose runner is gone and removes the ghosts of all that have ended. A rehearsal is given up when it was
 * silent in two runs: while the ledger or this process stood still, its runner could not be heard either, and has the
 * time between the runs to say that it goes on. Any number of processes may do it.
 */
export class KeepRehearsals {
  private suspects = new Map<string, string>();

  constructor(
    private readonly upkeep: RehearsalUpkeep,
    private readonly onEnded: (ended: EndedRehearsal) => void,
    private readonly onRemoved: (ghostIds: readonly string[]) => void,
  ) {}

  /** Ends all that were taken over: in a product of one process their runner was in the process before. */
  async endOrphans(): Promise<void> {
    for (const { rehearsalId, runner } of await this.upkeep.claimed()) {
      const detail = `its runner ${runner} has ended with the product: start the rehearsal again`;
      await this.giveUp(rehearsalId, null, detail);
    }
  }

  async run(): Promise<void> {
    const silent = await this.upkeep.silent(LIMITS);
    const before = this.suspects;
    this.suspects = new Map(silent.map(({ rehearsalId, heardAt }) => [rehearsalId, heardAt]));
    for (const it of silent)
      if (before.get(it.rehearsalId) === it.heardAt || it.isOverdue)
        await this.giveUp(it.rehearsalId, it.isOverdue ? null : it.heardAt, reasonOf(it));
    const removed = await this.upkeep.removeGhosts();
    if (removed.length > 0) this.onRemoved(removed);
  }

  private async giveUp(rehearsalId: string, heardAt: string | null, detail: string): Promise<void> {
    if (await this.upkeep.giveUp(rehearsalId, heardAt, detail)) this.onEnded({ rehearsalId, detail });
  }
}

function reasonOf({ runner, isOverdue }: SilentRehearsal): string {
  if (runner === null)
    return `no runner took it over within ${LIMITS.takenOverWithinSeconds} s: see whether the service of rehearsals is running`;
  return isOverdue
    ? `it ran past its end: its runner ${runner} did not stop`
    : `its runner ${runner} has not been heard of for ${LIMITS.leaseSeconds} s: start the rehearsal again`;
}
