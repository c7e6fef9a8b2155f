import type { Page } from './list-cursor';
import type {
  ListRehearsals,
  Rehearsal,
  RehearsalEvidence,
  RehearsalFigures,
  RehearsalRef,
  StartRehearsal,
  StopRehearsal,
} from './rehearsal';

export type StartRehearsalOutcome =
  | { kind: 'started'; rehearsal: Rehearsal; replayed: boolean }
  | { kind: 'not-found' }
  | { kind: 'key-reused' }
  /** `like` names a drop that is not this merchant's, or has no history. */
  | { kind: 'invalid'; errors: { pointer: string; message: string }[] }
  /** Another one runs on this installation, or a real drop is open and `whileSelling` is false; `why` says which. */
  | { kind: 'conflict'; why: string };

/** Rehearsals as a merchant asks for them. Another merchant's drop is an unknown one. Throws `ServiceUnavailable`. */
export abstract class Rehearsals {
  /** Notes the request; a runner takes it over within a second. */
  abstract startRehearsal(command: StartRehearsal): Promise<StartRehearsalOutcome>;
  /** Newest first; null: not a drop of this merchant. Throws `InvalidCursor`. */
  abstract listRehearsals(query: ListRehearsals): Promise<Page<Rehearsal> | null>;
  abstract getRehearsal(ref: RehearsalRef): Promise<Rehearsal | null>;
  /** What the report is made of; null for an unknown one, `evidence` null when it never ran. */
  abstract rehearsalReport(
    ref: RehearsalRef,
  ): Promise<{ rehearsal: Rehearsal; evidence: RehearsalEvidence | null } | null>;
  /** Asks the runner to end it; it has ended within 5 s. One that has ended stays as it is. */
  abstract stopRehearsal(command: StopRehearsal): Promise<Rehearsal | null>;
}

/** What a runner has to do. */
export interface RehearsalRun {
  rehearsal: Rehearsal & { ghostId: string };
  merchantId: string;
  /** Units of the ghost, by SKU. */
  items: { sku: string; units: number }[];
  /** Answered requests to place a hold a second, of `like`, multiplied; null without it. */
  arrivals: number[] | null;
}

/** Rehearsals as the process that runs them sees them. One at a time. Throws `ServiceUnavailable`. */
export abstract class RehearsalRuns {
  /**
   * Takes over a requested rehearsal and makes its ghost, open and with full stock; null: there is none. `runner` is the
   * caller's own name; until `beatRehearsal` is missed for 10 s nobody else takes it over.
   */
  abstract claimRehearsal(runner: string): Promise<RehearsalRun | null>;
  /** Another ghost of the same rehearsal, with `units` of the first SKU: for a step of the search for the safe rate. */
  abstract anotherGhost(command: {
    rehearsalId: string;
    runner: string;
    units: number;
  }): Promise<{ ghostId: string }>;
  /** Says that it goes on, and how far it is. `stop`: the merchant wants it to end, or it is no longer this runner's. */
  abstract beatRehearsal(command: {
    rehearsalId: string;
    runner: string;
    progress: number;
    detail: string;
    figures: RehearsalFigures;
  }): Promise<{ stop: boolean }>;
  /** Keeps the result and removes all ghosts of the rehearsal, with their holds, orders and charges. */
  abstract endRehearsal(command: {
    rehearsalId: string;
    runner: string;
    state: 'done' | 'stopped' | 'failed';
    verdict: 'go' | 'no-go' | null;
    detail: string;
    figures: RehearsalFigures;
    evidence: RehearsalEvidence | null;
  }): Promise<{ kind: 'ended' }>;
}
