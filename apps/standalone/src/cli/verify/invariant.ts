/** What an audit found about one thing that must always hold. */
export interface Invariant {
  name: string;
  /** Rows looked at. */
  checked: number;
  broken: number;
  /** A few of the broken rows, enough to go and look. */
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
