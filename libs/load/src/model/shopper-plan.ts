// k6 reads this file as it is: it must not import anything.

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

/** Tokens of the sandbox provider. */
export const CARDS = { works: 'tok_ok', slow: 'tok_slow', declined: 'tok_declined' } as const;
export const SHOPPER_EMAIL = 'shopper@example.com';

/** A payment that was answered with 202: how often the shopper looks at the order, and for how long. */
export const SETTLING = {
  lookAgainMs: 250,
  /** An outcome that the provider keeps to itself is settled within 15 s. */
  patienceMs: 20_000,
} as const;

export interface IntentShare {
  intent: Intent;
  share: number;
}

/** Shares of shoppers, all together 1. */
export const INTENT_SHARES: readonly IntentShare[] = [
  { intent: 'pays', share: 0.5 },
  { intent: 'pays-slowly', share: 0.08 },
  { intent: 'declined-then-pays', share: 0.07 },
  { intent: 'declined-then-leaves', share: 0.05 },
  { intent: 'releases', share: 0.15 },
  { intent: 'forgets', share: 0.15 },
];

/** Shoppers of whom `share` pay and the others walk away. */
export const payingShare = (share: number): IntentShare[] => [
  { intent: 'pays', share },
  { intent: 'forgets', share: 1 - share },
];

/** Units for which one shopper asks at most; a bot, too. */
export const UNITS_ASKED_MAX = 2;

export interface ShopperPlan {
  intent: Intent;
  quantity: number;
  /** Asks once more with the same key although the answer came, as after a page that was closed too early. */
  asksTwice: boolean;
  /** Time between looking and holding, and between holding and what comes then. */
  looksForMs: number;
  hesitatesForMs: number;
  /** Leaves after a look. */
  onlyLooks: boolean;
  /** Leaves on reading that nothing is left; the others try all the same. */
  believesSoldOut: boolean;
  /** When in their part of a second they come, in [0, 1). */
  chance: number;
}

/** The same random source gives the same shopper. Always draws as many numbers, so that shares change no other choice. */
export function planShopper(random: () => number, shares = INTENT_SHARES): ShopperPlan {
  const chance = random();
  return {
    chance,
    intent: intentAt(random(), shares),
    quantity: random() < 0.2 ? UNITS_ASKED_MAX : 1,
    asksTwice: random() < 0.05,
    looksForMs: random() * 300,
    hesitatesForMs: random() * 700,
    onlyLooks: random() < 0.05,
    believesSoldOut: random() < 0.3,
  };
}

function intentAt(value: number, shares: readonly IntentShare[]): Intent {
  let until = 0;
  return shares.find(({ share }) => value < (until += share))?.intent ?? 'pays';
}
