import { createHash } from 'node:crypto';
import { seededRandom } from '@holdfast/kernel';
import { lua, LuaCode } from '../../../apps/inventory/src/adapters/redis/gate/lua/lua.generated';
import type { Judge } from '../proxy/redis-proxy';
import { encodeReply } from '../proxy/resp';

const SCRIPT = lua.admitPlaces;
const SHA = createHash('sha1').update(SCRIPT.text).digest('hex');
const CALLS = /^eval(sha)?$/i;

/** A command that asks the gate to judge places. */
export function isAdmission(words: readonly string[]): boolean {
  return CALLS.test(words[0] ?? '') && (words[1] === SHA || words[1] === SCRIPT.text);
}

/** The number of lines of each place that the command asks about. */
function placesOf(words: readonly string[]): number[] {
  const lines: number[] = [];
  for (let at = 3 + SCRIPT.keys + 3; at < words.length; at += 3 + 2 * lines.at(-1)!)
    lines.push(Number(words[at + 2]));
  return lines;
}

/** Answers at random, whatever the gate knows: ask, admitted, wait, surely short, not seeded, and now and then a word that is none. */
export function lieAtRandom(seed: number): Judge {
  const random = seededRandom(seed);
  const among = (n: number) => Math.floor(random() * n);
  const oneLie = (lines: number): unknown => {
    const lies = [LuaCode.ASK, LuaCode.ADMITTED, LuaCode.WAIT, [among(lines)], [among(lines)]];
    return lies[among(lies.length)];
  };
  return (words, reply) => {
    if (!isAdmission(words) || reply.toString('latin1', 0, 1) !== '*') return undefined;
    const dice = random();
    if (dice < 0.02) return encodeReply([LuaCode.UNSEEDED]);
    if (dice < 0.04) return encodeReply('no such thing');
    if (dice < 0.06) return encodeReply([]);
    return encodeReply(placesOf(words).map(oneLie));
  };
}

/** Says to everybody that all is gone, although the gate has let them through and counts on their coming. */
export const denyEverybody: Judge = (words, reply) =>
  isAdmission(words) && reply.toString('latin1', 0, 1) === '*'
    ? encodeReply(placesOf(words).map((lines) => Array.from({ length: lines }, (_, i) => i)))
    : undefined;

/** Loses every `n`th verdict together with its connection: the gate has counted, and nobody knows. */
export function loseVerdicts(n: number): Judge {
  let count = 0;
  return (words, reply) =>
    isAdmission(words) && reply.toString('latin1', 0, 1) === '*' && (count += 1) % n === 0
      ? 'cut'
      : undefined;
}
