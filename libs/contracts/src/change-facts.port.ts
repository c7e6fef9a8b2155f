import type { Actor } from './accounts';

/** What a service changed of a merchant's things, as its outbox has it. */
export interface ChangeFact {
  merchantId: string;
  /** Within the service. */
  factId: number;
  at: string;
  actor: Actor;
  action: string;
  target: { kind: string; id: string };
  change: object;
  requestId: string | null;
  address: string | null;
}

/**
 * The facts of a service for the audit. Accounts takes them, chains them, and then marks them, so a fact may be given more than once and is never lost;
 * (service, factId) tells it apart.
 */
export abstract class ChangeFacts {
  /** Facts that were not marked yet, of all merchants. Ids may be committed out of order: a lower one can come later. */
  abstract factsToChain(most: number): Promise<ChangeFact[]>;
  /** They stand in the chain. */
  abstract factsChained(factIds: number[]): Promise<{ kind: 'marked' }>;
}
