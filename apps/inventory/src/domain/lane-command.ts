import type {
  Busy,
  ConfirmOutcome,
  ExtendOutcome,
  Network,
  PlaceOutcome,
  ReleaseOutcome,
  RetakeOutcome,
  ReturnOutcome,
  YieldOutcome,
} from '@holdfast/contracts';

/** Sets units aside for a customer: all lines or none. */
export interface PlaceCommand {
  kind: 'place';
  holdId: string;
  customerId: string;
  /** Of the request's body: tells a replay from a key used for something else. */
  fingerprint: string;
  /** Each SKU once. */
  lines: readonly { sku: string; quantity: number }[];
  /** Whose budget of unpaid units it counts for; null or absent for nobody's. */
  network?: Network | null | undefined;
}

/** What may be done with one hold that is there. `orderId` is null only for a release by the shopper. */
export interface EndCommand {
  kind: 'confirm' | 'release' | 'release-for-order' | 'yield' | 'extend';
  holdId: string;
  customerId: string;
  orderId: string | null;
}

/** Ends holds whose time is over, `max` of them at most. */
export interface ExpireCommand {
  kind: 'expire';
  max: number;
}

/** Takes the units of an ended hold again, straight to sold, as the new hold `newHoldId`. */
export interface RetakeCommand {
  kind: 'retake';
  holdId: string;
  newHoldId: string;
  customerId: string;
  orderId: string;
}

/** Puts the sold units of an order whose money never came back on offer; its hold may be the one taken again for it. */
export interface ReturnCommand {
  kind: 'return';
  holdId: string;
  retakenHoldId: string;
  customerId: string;
  orderId: string;
}

/** Changes the total of a SKU; the movement id makes a repetition harmless. */
export interface AdjustCommand {
  kind: 'adjust';
  movementId: string;
  sku: string;
  delta: number;
  reason: string;
  actor: string;
}

export type LaneCommand =
  PlaceCommand | EndCommand | ExpireCommand | RetakeCommand | ReturnCommand | AdjustCommand;

export type AdjustOutcome = { kind: 'adjusted' } | { kind: 'unknown-sku' } | { kind: 'below-committed' };

/** What each command is answered when it was decided at all. */
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
  adjust: AdjustOutcome;
}

export type LaneAnswer = AnswerByKind[LaneCommand['kind']];
export type AnswerTo<C extends LaneCommand> = AnswerByKind[C['kind']];

/** What a command is about. Two commands on the same thing never share a batch: inside it they would have no order. */
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

/** Rare commands have a statement of their own, so that the one for thousands stays small. They are a batch by themselves. */
export function runsAlone(command: LaneCommand): boolean {
  return command.kind === 'retake' || command.kind === 'return' || command.kind === 'adjust';
}
