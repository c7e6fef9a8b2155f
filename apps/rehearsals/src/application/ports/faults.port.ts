import type { FaultTarget } from '@holdfast/contracts';

export interface InjectedFault {
  target: FaultTarget;
  how: 'paused' | 'killed';
  fromMs: number;
  toMs: number;
}

/** Disturbs parts of the product, only processes that the product started itself. */
export abstract class Faults {
  /** Why one of these cannot be disturbed here; null: all can. */
  abstract refusal(targets: readonly FaultTarget[]): string | null;
  /** Resolves when the fault is over: after `forMs`, or at once when `signal` is aborted. */
  abstract inject(target: FaultTarget, forMs: number, signal: AbortSignal): Promise<InjectedFault>;
}
