import type {
  AdjustStock,
  AdjustStockOutcome,
  Busy,
  ConfirmOutcome,
  ExtendOutcome,
  Network,
  PlaceOutcome,
  ReleaseByMerchant,
  ReleaseByMerchantOutcome,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from '@holdfast/contracts';

/** Places a hold for a customer: all lines or none. */
export interface PlaceCommand {
  kind: 'place';
  holdId: string;
  customerId: string;
  /** Hash of the request's body: distinguishes a replay from a reused key. */
  fingerprint: string;
  /** Each SKU once. */
  lines: readonly { sku: string; quantity: number }[];
  /** The network whose budget of unpaid units applies; null or missing: none. */
  network?: Network | null | undefined;
}

/** An operation on an existing hold. `orderId` is null only for a release by the shopper. */
export interface EndCommand {
  kind: 'confirm' | 'release' | 'release-for-order' | 'yield' | 'extend';
  holdId: string;
  customerId: string;
  orderId: string | null;
}

/** Expires overdue holds, `max` at most. */
export interface ExpireCommand {
  kind: 'expire';
  max: number;
}

/** Takes the units of an ended hold again, directly as sold, as the new hold `newHoldId`. */
export interface RetakeCommand {
  kind: 'retake';
  holdId: string;
  newHoldId: string;
  customerId: string;
  orderId: string;
}

/** Makes the sold units of an order without payment available again; its hold may be a retaken one. */
export interface ReturnCommand {
  kind: 'return';
  holdId: string;
  retakenHoldId: string;
  customerId: string;
  orderId: string;
}

/** Changes the total of a SKU for the drop's merchant; the movement id makes it idempotent. */
export interface AdjustCommand extends Omit<AdjustStock, 'dropId'> {
  kind: 'adjust';
  movementId: string;
}

/** Releases a hold for the drop's merchant. */
export interface MerchantReleaseCommand extends ReleaseByMerchant {
  kind: 'release-for-merchant';
}

/** What a merchant's staff or programs want of a drop. */
export type MerchantCommand = AdjustCommand | MerchantReleaseCommand;

/** Has a separate statement and is a batch of its own, so that the frequent statement stays small. */
export type RareCommand = RetakeCommand | ReturnCommand | MerchantCommand;

export type LaneCommand = PlaceCommand | EndCommand | ExpireCommand | RareCommand;

/** The possible answers to each command. */
export interface AnswerByKind {
  place: Exclude<PlaceOutcome, Busy>;
  confirm: Exclude<ConfirmOutcome, Busy>;
  release: Exclude<ReleaseOutcome, Busy>;
  'release-for-order': Exclude<ReleaseOutcome, Busy>;
  yield: Exclude<YieldOutcome, Busy>;
  extend: Exclude<ExtendOutcome, Busy>;
  expire: { kind: 'expired'; holds: number };
  retake: Exclude<RetakeOutcome, Busy>;
  return: Exclude<ReturnOutcome, Busy>;
  adjust: Exclude<AdjustStockOutcome, Busy>;
  'release-for-merchant': Exclude<ReleaseByMerchantOutcome, Busy>;
}

export type LaneAnswer = AnswerByKind[LaneCommand['kind']];
export type AnswerTo<C extends LaneCommand> = AnswerByKind[C['kind']];

/**
 * The subject of a command. Two commands with the same subject never share a batch, in which they would have
 * no order.
 */
export function subjectOf(command: LaneCommand): string {
  switch (command.kind) {
    case 'expire':
      return 'expire';
    case 'adjust':
      return command.movementId;
    default:
      return command.holdId;
  }
}

const RARE: ReadonlySet<LaneCommand['kind']> = new Set<RareCommand['kind']>([
  'retake',
  'return',
  'adjust',
  'release-for-merchant',
]);

export function runsAlone(command: LaneCommand): command is RareCommand {
  return RARE.has(command.kind);
}

export function isOfMerchant(command: LaneCommand): command is MerchantCommand {
  return command.kind === 'adjust' || command.kind === 'release-for-merchant';
}
