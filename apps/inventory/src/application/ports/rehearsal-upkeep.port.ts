/** A rehearsal of which nothing was heard for too long, or that ran past its end. */
export interface SilentRehearsal {
  rehearsalId: string;
  /** Null: none has taken it over. */
  runner: string | null;
  /** When it was last heard of, with the precision of the ledger. */
  heardAt: string;
  isOverdue: boolean;
}

/** The background work on rehearsals, of all merchants. */
export abstract class RehearsalUpkeep {
  abstract silent(limits: {
    leaseSeconds: number;
    takenOverWithinSeconds: number;
    pastEndSeconds: number;
  }): Promise<SilentRehearsal[]>;
  /** Those that a runner has taken over. */
  abstract claimed(): Promise<{ rehearsalId: string; runner: string }[]>;
  /** Ends it as failed, unless it was heard of after `heardAt`; null: in any case. False: it was, or has ended. */
  abstract giveUp(rehearsalId: string, heardAt: string | null, detail: string): Promise<boolean>;
  /** Removes the ghosts of rehearsals that have ended. Returns their ids. */
  abstract removeGhosts(): Promise<string[]>;
  /** Forgets the rows that removed ghosts have left, after `ageSeconds`, of `limit` ghosts at most. Returns of how many. */
  abstract forgetGhosts(ageSeconds: number, limit: number): Promise<number>;
}
