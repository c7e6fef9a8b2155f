import {
  ServiceUnavailable,
  type PlaceHold as PlaceHoldCommand,
  type PlaceOutcome,
} from '@holdfast/contracts';
import { DeadlineExceeded, deriveHoldId, withDeadline } from '@holdfast/kernel';
import { LANE_SETTINGS } from './lane-settings';
import type { Lanes } from './lanes';
import type { Gate, GateQuery } from './ports/gate.port';
import type { WaitingRoom } from './waiting-room';

/** The shape of a drop's id. Anything else is no drop, and must not get a lane of its own. */
const DROP_ID = /^[a-z][0-9a-z]{2,31}$/;

/** Sets units aside for a customer. The hold's id is derived from the key, so the same key is the same hold. */
export class PlaceHold {
  constructor(
    private readonly lanes: Lanes,
    private readonly gate: Gate,
    private readonly room: WaitingRoom,
  ) {}

  async run(command: PlaceHoldCommand): Promise<PlaceOutcome> {
    if (!DROP_ID.test(command.dropId)) return { kind: 'drop-not-found' };
    const query = queryOf(command);
    // Also in front of a crowd: one look at what is known costs nothing beside a place in the lane.
    const said = this.gate.check(query);
    const verdict = said instanceof Promise ? await said : said;
    if (verdict.kind === 'short')
      return { kind: 'refused', reason: 'sold-out', shortLines: verdict.shortLines };
    if (verdict.kind === 'ask') return this.submit(query, command.bodyHash);
    const pass = await this.room.enter(query, verdict);
    switch (pass.kind) {
      case 'short':
        return { kind: 'refused', reason: 'sold-out', shortLines: pass.shortLines };
      case 'busy':
        return pass;
      case 'ask':
        return this.submitInTime(query, command.bodyHash, pass.waitedMs);
      case 'unseen':
        try {
          return await this.submitInTime(query, command.bodyHash, pass.waitedMs);
        } finally {
          this.room.leave(command.dropId);
        }
    }
  }

  private async submit(query: GateQuery, fingerprint: string): Promise<PlaceOutcome> {
    const { dropId, customerId, lines, network } = query;
    const holdId = query.holdId();
    const outcome = await this.lanes.submit(dropId, {
      kind: 'place',
      holdId,
      customerId,
      fingerprint,
      lines,
      network,
    });
    if (outcome.kind === 'busy') this.gate.withdraw(query);
    return outcome;
  }

  /** Who has waited has less time left with the lane. */
  private async submitInTime(query: GateQuery, fingerprint: string, waitedMs: number): Promise<PlaceOutcome> {
    const leftMs = LANE_SETTINGS.deadlineMs - waitedMs;
    try {
      return await withDeadline('the ledger', leftMs, this.submit(query, fingerprint));
    } catch (error) {
      if (error instanceof DeadlineExceeded)
        throw new ServiceUnavailable('the ledger did not answer in time');
      throw error;
    }
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
