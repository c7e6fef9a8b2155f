/** The result of checking one invariant. */
export interface Invariant {
  name: string;
  /** Rows checked. */
  checked: number;
  broken: number;
  /** Some of the violating rows. */
  examples: unknown[];
}

export interface Verdict {
  ok: boolean;
  invariants: Invariant[];
}

export const EXAMPLES_MAX = 5;

export function verdictOf(invariants: Invariant[]): Verdict {
  return { ok: invariants.every(({ broken }) => broken === 0), invariants };
}
