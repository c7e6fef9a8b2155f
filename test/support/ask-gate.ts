import type { PlaceOutcome } from '@holdfast/contracts';
import type { Gate, GateQuery } from '../../apps/inventory/src/application/ports/gate.port';

/** `ask`: it goes to the ledger. `wait`: it would have to be pending. Otherwise the short lines. */
export type GateAnswer = 'ask' | 'wait' | number[];

/** For `GateSettings`: what would be pending is `busy` at once, so that a test sees every decision. */
export const NONE_PENDING = { pendingMax: 0 };

const ANSWER_OF_THE_LEDGER: PlaceOutcome = { kind: 'key-reused' };
const LANE_IS_FULL: PlaceOutcome = { kind: 'busy', retryAfterSeconds: 1 };

/** What a gate in which nothing is pending decides about a place. */
export async function askGate(
  gate: Gate,
  query: GateQuery,
  answer = ANSWER_OF_THE_LEDGER,
): Promise<GateAnswer> {
  let goes = false;
  const outcome = await gate.place(query, () => {
    goes = true;
    return Promise.resolve(answer);
  });
  if (goes) return 'ask';
  if (outcome.kind === 'busy') return 'wait';
  if (outcome.kind !== 'refused') throw new Error(`the gate answers ${outcome.kind} by itself`);
  return outcome.shortLines;
}

/** The place is let through, and the lane does not take it: its units are free for others. */
export async function withdraw(gate: Gate, query: GateQuery): Promise<void> {
  await askGate(gate, query, LANE_IS_FULL);
}
