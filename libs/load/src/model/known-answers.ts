// k6 reads this file as it is: it must not import anything.

/** Answers that the contract allows, by call; any other means that the shopper or the product is broken. */
export const KNOWN_ANSWERS = {
  session: [201, 429],
  drop: [200, 429],
  page: [200, 304, 429],
  hold: [201, 409, 429],
  pay: [201, 202, 402, 409, 410, 429],
  order: [200, 429],
  release: [204, 429],
} as const satisfies Record<string, readonly number[]>;

/** The calls of a shopper. */
export type CallName = keyof typeof KNOWN_ANSWERS;
