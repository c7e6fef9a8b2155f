import type { z } from 'zod';

/**
 * How one call travels: a schema for each argument as the service takes it, and one for the answer. Each
 * side checks what it receives: the other one may be of another version.
 */
export interface WireMethod<Args extends unknown[] = never[], Answer = unknown> {
  input: { [I in keyof Args]: z.ZodType<Args[I]> };
  answer: z.ZodType<Answer>;
  /** Calls with the same key go to the same instance; those without one to any. */
  home?: (...args: Args) => string | undefined;
  /** When the caller stops waiting. */
  deadlineMs?: number;
  /** The arguments as they travel, where these are not the arguments themselves. */
  pack?: (...args: Args) => unknown[];
  /** Sent in a frame of its own, because it may be large. */
  alone?: boolean;
  /** Not idempotent: fails when its connection is lost before the answer, and is not sent again. */
  once?: boolean;
}

type AnyCall = (...args: never[]) => Promise<unknown>;

/** Every method of a client with its schemas: the compiler refuses a table in which one is missing. */
export type WireTable<Client> = {
  [M in keyof Client]: Client[M] extends AnyCall
    ? WireMethod<Required<Parameters<Client[M]>>, Awaited<ReturnType<Client[M]>>>
    : never;
};
