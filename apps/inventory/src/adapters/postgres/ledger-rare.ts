import { LIMITS } from '@holdfast/kernel';
import type { AnswerByKind, RareCommand } from '../../domain/lane-command';
import { type HoldImage, toHold } from './ledger-hold';
import { readLetter } from './ledger-letters';
import { type MovementImage, toAdjustment } from './ledger-movement';
import { sql } from './sql/sql.generated';

/** The row of a rare statement; which images it has depends on the statement. */
export interface RareRow {
  code: string;
  movement: MovementImage | null;
  hold: HoldImage | null;
}

/** A statement with its parameters, and how its row is read. */
export interface RareCall {
  /** Whose rows the statement may see; absent: it comes from a shopper, and names no merchant. */
  merchantId?: string;
  statement: { name: string; text: string };
  values: unknown[];
  read: (row: RareRow) => AnswerByKind[RareCommand['kind']];
}

export function rareCall(dropId: string, command: RareCommand): RareCall {
  switch (command.kind) {
    case 'retake': {
      const { holdId, newHoldId, customerId, orderId } = command;
      return {
        statement: sql.retakeHold,
        values: [dropId, holdId, newHoldId, customerId, orderId],
        read: ({ code }) => ({ kind: readLetter('define-retake-hold', code) }),
      };
    }
    case 'return': {
      const { holdId, retakenHoldId, customerId, orderId } = command;
      return {
        statement: sql.returnHold,
        values: [dropId, holdId, retakenHoldId, customerId, orderId],
        read: ({ code }) => ({ kind: readLetter('define-return-hold', code) }),
      };
    }
    case 'adjust': {
      const { merchantId, movementId, request, sku, delta, reason, by } = command;
      const values = [dropId, merchantId, movementId, request.fingerprint, sku, delta, reason];
      return {
        merchantId,
        statement: sql.adjustStock,
        values: [...values, LIMITS.skuUnitsMax, JSON.stringify(by.actor), by.requestId, by.address],
        read: readAdjusted,
      };
    }
    case 'release-for-merchant': {
      const { merchantId, holdId, reason, request, by } = command;
      const key = request && Buffer.from(request.key, 'hex');
      const values = [dropId, merchantId, holdId, reason, key, request?.fingerprint ?? null];
      return {
        merchantId,
        statement: sql.releaseForMerchant,
        values: [...values, JSON.stringify(by.actor), by.requestId, by.address],
        read: readReleased,
      };
    }
  }
}

function readAdjusted({ code, movement }: RareRow): AnswerByKind['adjust'] {
  const kind = readLetter('define-adjust-stock', code);
  if (kind !== 'adjusted' && kind !== 'replayed') return { kind };
  return { kind: 'adjusted', adjustment: toAdjustment(movement!), replayed: kind === 'replayed' };
}

function readReleased({ code, hold }: RareRow): AnswerByKind['release-for-merchant'] {
  const kind = readLetter('define-release-for-merchant', code);
  if (kind !== 'released' && kind !== 'replayed') return { kind };
  return { kind: 'released', hold: toHold(hold!), replayed: kind === 'replayed' };
}
