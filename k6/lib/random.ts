import { seededRandom } from '../../libs/kernel/src/random.ts';

/** Each shopper has a random source of their own, so that which machine is how fast changes nobody's choices. */
export function randomOf(seed: number, index: number): () => number {
  return seededRandom(seed ^ Math.imul(index + 1, 0x9e3779b9));
}
