import type { GateQuery } from '../../../application/ports/gate.port';
import { LuaCode } from '../lua/lua.generated';

export type Judgement = LuaCode.ASK | LuaCode.ADMITTED | LuaCode.WAIT | number[];

const WORDS: readonly unknown[] = [LuaCode.ASK, LuaCode.ADMITTED, LuaCode.WAIT];

/**
 * One judgement for each place; null when the gate has to be seeded first. Throws for what no script of ours answers: a gate may be wrong,
 * and whoever believes it may then be slow, but must not stumble.
 */
export function readJudgements(answer: unknown, places: readonly GateQuery[]): Judgement[] | null {
  if (Array.isArray(answer) && answer.length === 1 && answer[0] === LuaCode.UNSEEDED) return null;
  const readable =
    Array.isArray(answer) &&
    answer.length === places.length &&
    answer.every((each: unknown, i) => isJudgement(each, places[i]!.lines.length));
  if (!readable) throw new Error('the gate answered with something that is no judgement');
  return answer as Judgement[];
}

function isJudgement(each: unknown, lines: number): boolean {
  if (!Array.isArray(each)) return WORDS.includes(each);
  return each.length > 0 && each.every((index) => Number.isInteger(index) && index >= 0 && index < lines);
}
