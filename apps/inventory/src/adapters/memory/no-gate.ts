import type { PlaceOutcome, Shortage } from '@holdfast/contracts';
import { Gate, type GateQuery, type ToLedger } from '../../application/ports/gate.port';

/** No gate: every place goes to the ledger. For comparisons, and as a fallback for operators. */
export class NoGate extends Gate {
  place(_: GateQuery, toLedger: ToLedger): Promise<PlaceOutcome> {
    return toLedger(0);
  }

  learn(): void {}
  doubt(): void {}

  heal(): Promise<void> {
    return Promise.resolve();
  }

  shortageOf(): Promise<Shortage | null> {
    return Promise.resolve(null);
  }
}
