import type { Busy } from '@holdfast/contracts';
import type { AdjustCommand, AdjustOutcome } from '../domain/lane-command';
import type { Lanes } from './lanes';

/** Adds units to a SKU or takes unsold ones away, with the reason; the same movement id counts once. */
export class AdjustStock {
  constructor(private readonly lanes: Lanes) {}

  run(dropId: string, movement: Omit<AdjustCommand, 'kind'>): Promise<AdjustOutcome | Busy> {
    return this.lanes.submit(dropId, { kind: 'adjust', ...movement });
  }
}
