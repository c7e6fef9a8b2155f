import type { GateQuery } from '../../../application/ports/gate.port';
import { LuaCode } from './lua/lua.generated';

/** The gate's decision about a place. */
export type Decision =
  /** It goes to the ledger. */
  | { kind: 'ask' }
  /** It goes to the ledger without a decision of Redis: few of these at a time. */
  | { kind: 'unseen' }
  /** Not enough units beside the places in flight: decide again later. */
  | { kind: 'wait' }
  /** Certainly sold out: the indexes of all short lines. */
  | { kind: 'short'; shortLines: number[] };

/** Counters of decisions and errors since the start of the process. */
export interface GateCounts {
  /** Sent to the ledger uncounted: replays, limits, drops that are not open, and probes. */
  asked: number;
  admitted: number;
  waited: number;
  short: number;
  unseen: number;
  failedCalls: number;
  seedings: number;
}

export type DecisionCode = LuaCode.ASK | LuaCode.ADMITTED | LuaCode.WAIT;

const CODES: readonly unknown[] = [LuaCode.ASK, LuaCode.ADMITTED, LuaCode.WAIT];

/**
 * Decodes the code or the short lines of each place; null if the gate has to be seeded first. Throws for a
 * reply that no script of this version returns: an inconsistent gate may cost speed, but must not end the
 * process.
 */
export function readDecisions(
  answer: unknown,
  places: readonly GateQuery[],
): (DecisionCode | number[])[] | null {
  if (Array.isArray(answer) && answer.length === 1 && answer[0] === LuaCode.UNSEEDED) return null;
  const readable =
    Array.isArray(answer) &&
    answer.length === places.length &&
    answer.every((each: unknown, i) => isDecision(each, places[i]!.lines.length));
  if (!readable) throw new Error('the gate returned something that is no decision');
  return answer as (DecisionCode | number[])[];
}

function isDecision(each: unknown, lines: number): boolean {
  if (!Array.isArray(each)) return CODES.includes(each);
  return each.length > 0 && each.every((index) => Number.isInteger(index) && index >= 0 && index < lines);
}
