import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Growth of the heap by `fill`, in bytes, after garbage collection. The result of `fill` is kept until then.
 */
export function heapGrowth(fill: () => unknown): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = [fill()];
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  kept.pop();
  return grown;
}
