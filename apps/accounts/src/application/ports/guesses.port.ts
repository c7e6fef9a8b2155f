/** Wrong guesses at passwords and codes, counted in the ledger: all instances count together, and a restart forgets nothing. */
export abstract class Guesses {
  /** Counts a guess before it is looked at. Null: go on; else how many seconds to wait, and nothing was counted. */
  abstract charge(subject: string, isKnown: boolean): Promise<number | null>;
  /** The guess was right as far as it went: it does not count. */
  abstract refund(subject: string): Promise<void>;
  /** The guess was right. */
  abstract forget(subject: string): Promise<void>;
}
