/** What one load process is told to do. */
export interface LoadPlan {
  port: number;
  connections: number;
  /** No new request after this time, or after SIGTERM. */
  forMs: number;
  target:
    | { kind: 'naive'; dropId: string }
    /** Each token is used once, so each hold has its own customer; the run ends early when they are used up. `again`: from the first one then. */
    | { kind: 'product'; dropId: string; tokensFile: string; again?: boolean }
    /** Makes guest sessions and writes their tokens down, one a line. */
    | { kind: 'sessions'; count: number; tokensFile: string };
}

export interface LoadResult {
  /** Answers with 201. */
  created: number;
  /** Other answers, by status. */
  others: Record<string, number>;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}
