import type { PlaceHold as PlaceHoldCommand, PlaceOutcome } from '@holdfast/contracts';
import { deriveHoldId, isDropId } from '@holdfast/kernel';
import { answered } from './answered';
import type { Lanes } from './lanes';
import type { Gate, GateQuery } from './ports/gate.port';

/** Places a hold for a customer. Its id is derived from the key, so the same key is the same hold. */
export class PlaceHold {
  constructor(
    private readonly lanes: Lanes,
    private readonly gate: Gate,
    /** Of the lanes. */
    private readonly deadlineMs: number,
  ) {}

  async run(command: PlaceHoldCommand): Promise<PlaceOutcome> {
    if (!isDropId(command.dropId)) return { kind: 'drop-not-found' };
    const query = queryOf(command);
    return this.gate.place(query, (waitedMs) => this.submit(query, command.fingerprint, waitedMs));
  }

  private async submit(query: GateQuery, fingerprint: string, waitedMs: number): Promise<PlaceOutcome> {
    const { dropId, customerId, lines, network } = query;
    const holdId = query.holdId();
    const answer = this.lanes.submit(dropId, {
      kind: 'place',
      holdId,
      customerId,
      fingerprint,
      lines,
      network,
    });
    // The time spent at the gate counts towards the lane's deadline.
    return waitedMs === 0 ? answer : answered('the ledger', answer, this.deadlineMs - waitedMs);
  }
}

function queryOf({ dropId, customerId, key, lines, network }: PlaceHoldCommand): GateQuery {
  let holdId: string | undefined;
  return {
    dropId,
    customerId,
    lines,
    network: network ?? null,
    holdId: () =>
      (holdId ??= deriveHoldId({ dropId, customerId, route: `POST /v1/drops/${dropId}/holds`, key })),
  };
}
