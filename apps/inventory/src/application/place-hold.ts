import type { PlaceHold as PlaceHoldCommand, PlaceOutcome } from '@holdfast/contracts';
import { deriveHoldId } from '@holdfast/kernel';
import type { Lanes } from './lanes';
import type { Gate } from './ports/gate.port';

/** The shape of a drop's id. Anything else is no drop, and must not get a lane of its own. */
const DROP_ID = /^[a-z][0-9a-z]{2,31}$/;

/** Sets units aside for a customer. The hold's id is derived from the key, so the same key is the same hold. */
export class PlaceHold {
  constructor(
    private readonly lanes: Lanes,
    private readonly gate: Gate,
  ) {}

  async run({ dropId, customerId, key, bodyHash, lines }: PlaceHoldCommand): Promise<PlaceOutcome> {
    if (!DROP_ID.test(dropId)) return { kind: 'drop-not-found' };
    // Also in front of a crowd: one look at what is known costs nothing beside a place in the lane.
    const shortLines = await this.gate.surelyShort({ dropId, customerId, lines });
    if (shortLines !== null) return { kind: 'refused', reason: 'sold-out', shortLines };
    const holdId = deriveHoldId({ dropId, customerId, route: `POST /v1/drops/${dropId}/holds`, key });
    return this.lanes.submit(dropId, { kind: 'place', holdId, customerId, fingerprint: bodyHash, lines });
  }
}
