import { weightedPicker } from '../../libs/kernel/src/random.ts';
import { randomOf } from './random.ts';

/** What a shopper does once they have a hold. */
export type Intent =
  /** Pays with a card that works. */
  | 'pays'
  /** Pays with a card whose bank takes three seconds. */
  | 'pays-slowly'
  /** Is declined, takes another card. */
  | 'declined-then-pays'
  /** Is declined, gives the hold back. */
  | 'declined-then-leaves'
  /** Gives the hold back. */
  | 'releases'
  /** Walks away: the hold expires. */
  | 'forgets';

const SHARES: readonly { intent: Intent; share: number }[] = [
  { intent: 'pays', share: 0.5 },
  { intent: 'pays-slowly', share: 0.08 },
  { intent: 'declined-then-pays', share: 0.07 },
  { intent: 'declined-then-leaves', share: 0.05 },
  { intent: 'releases', share: 0.15 },
  { intent: 'forgets', share: 0.15 },
];

export interface Plan {
  intent: Intent;
  quantity: number;
  /** Asks once more with the same key although the answer came, as after a page that was closed too early. */
  asksTwice: boolean;
  /** Seconds between looking and holding, and between holding and what comes then. */
  looksFor: number;
  hesitatesFor: number;
  /** Leaves on reading that nothing is left; the others try all the same. */
  believesSoldOut: boolean;
  random: () => number;
}

/** The same seed sends the same shoppers. */
export function planOf(seed: number, index: number): Plan {
  const random = randomOf(seed, index);
  const intent = weightedPicker(SHARES, ({ share }) => share, random)()?.intent ?? 'pays';
  return {
    intent,
    quantity: random() < 0.2 ? 2 : 1,
    asksTwice: random() < 0.05,
    looksFor: random() * 0.3,
    hesitatesFor: random() * 0.7,
    believesSoldOut: random() < 0.3,
    random,
  };
}
