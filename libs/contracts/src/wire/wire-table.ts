import type { z } from 'zod';

/** How one call travels: a schema for each argument, as the service takes it, and one for the answer. */
export interface WireMethod<Args extends unknown[] = unknown[], Answer = unknown> {
  input: { [I in keyof Args]: z.ZodType<Args[I]> };
  answer: z.ZodType<Answer>;
}

type AnyCall = (...args: never[]) => Promise<unknown>;

/** Every method of a client with its schemas: the compiler refuses a table in which one is missing. */
export type WireTable<Client> = {
  [M in keyof Client]: Client[M] extends AnyCall
    ? WireMethod<Required<Parameters<Client[M]>>, Awaited<ReturnType<Client[M]>>>
    : never;
};

/**
 * Makes the compiler prove that a schema takes exactly the values of a contract type. `ZodType<T>` alone would let a schema pass that
 * knows only some kinds of an outcome, and the others would be refused as malformed on the day they first occur.
 */
export function exactly<T>() {
  return <S extends z.ZodType<T>>(schema: [T] extends [z.output<S>] ? S : never): S => schema;
}
