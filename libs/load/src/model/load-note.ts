// k6 reads this file as it is: it must not import anything.

/** The steps of a visit whose latencies are measured. `live`: from opening the stream to its first event. */
export type LoadStep = 'session' | 'drop' | 'hold' | 'pay' | 'live';

/**
 * What the load generator logs about itself and its latencies, beside the answers (`ClientNote`). One line of
 * JSON each. Times in ms; `timerMs` is how late the generator's own timer was: no server has a part in it.
 */
export type LoadNote =
  /** Once: the first shopper is due at `dueMs`, in ms since 1970. */
  | { did: 'began'; dueMs: number }
  /** A shopper was sent, `lateMs` after they were due. */
  | { did: 'came'; lateMs: number; timerMs?: number }
  /** A step was answered as the contract knows it, `ms` after its request was due. `code` of a refusal. */
  | {
      did: 'step';
      step: LoadStep;
      ms: number;
      end: 'done' | 'refused';
      code?: string;
      timerMs?: number;
    }
  /** Ages of live counts on arrival. */
  | { did: 'ages'; ms: number[] };

/** Every line says when it was written, in ms since 1970. */
export interface NotedAt {
  at: number;
}
