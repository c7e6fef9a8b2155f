import type { Shortage } from '@holdfast/contracts';
import { Gate, type GateVerdict } from '../../application/ports/gate.port';

const ASK: GateVerdict = { kind: 'ask' };

/** No gate at all: the ledger answers everybody. For comparisons, and for an operator who does not trust the other ones. */
export class NoGate extends Gate {
  check(): GateVerdict {
    return ASK;
  }

  goesUnseen(): void {}
  withdraw(): void {}
  learn(): void {}
  doubt(): void {}

  heal(): Promise<void> {
    return Promise.resolve();
  }

  shortageOf(): Promise<Shortage | null> {
    return Promise.resolve(null);
  }

  onChange(): void {}
}
