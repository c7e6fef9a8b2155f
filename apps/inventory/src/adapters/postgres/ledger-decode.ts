import { type Hold, networkName } from '@holdfast/contracts';
import type { GateSale } from '../../application/ports/gate-source.port';
import type { LaneNews, UnitsOnOffer } from '../../application/ports/ledger.port';
import type {
  AnswerByKind,
  EndCommand,
  LaneAnswer,
  LaneCommand,
  PlaceCommand,
} from '../../domain/lane-command';
import { type AnswerOf, readLetter } from './ledger-letters';
import type { EncodedBatch } from './ledger-encode';
import { toFirstAnswer, toHold, type HoldImage } from './ledger-hold';

/** [sku, total, available, held, sold, epoch, version] of a stock row after the batch. */
export type StockImage = [string, number, number, number, number, number, number];

/** The row of `run-batch.sql`. */
export interface BatchRow {
  end_codes: string | null;
  place_codes: string | null;
  now_ms: string;
  hold_ttl_seconds: number | null;
  phase: 'open' | 'not-open' | 'closed' | null;
  per_customer_limit: number | null;
  closes_in_ms: string | null;
  expired: number | null;
  currency: string | null;
  prices_minor: (string | null)[] | null;
  available: (string | null)[] | null;
  stock: StockImage[] | null;
  holds: Record<string, HoldImage> | null;
  short_lines: Record<string, number[]> | null;
  network_left: string[] | null;
}

/** Decodes the letters of the batch into answers, in the order of the commands. */
export function decodeBatch(
  dropId: string,
  commands: readonly LaneCommand[],
  batch: EncodedBatch,
  row: BatchRow,
): LaneAnswer[] {
  const places = new PlaceDecoder(dropId, batch, row);
  let end = 0;
  let place = 0;
  return commands.map((command) => {
    if (command.kind === 'place') return places.decode(command, row.place_codes?.[place++]);
    if (command.kind === 'expire') return { kind: 'expired', holds: row.expired ?? 0 };
    return decodeEnd(command as EndCommand, row.end_codes?.[end++], row.holds);
  });
}

class PlaceDecoder {
  private readonly prices = new Map<string, number | null>();
  private readonly createdAt: string;
  private readonly expiresAt: string;

  constructor(
    private readonly dropId: string,
    { skus }: EncodedBatch,
    private readonly row: BatchRow,
  ) {
    const nowMs = Number(row.now_ms);
    this.createdAt = new Date(nowMs).toISOString();
    this.expiresAt = new Date(nowMs + (row.hold_ttl_seconds ?? 0) * 1000).toISOString();
    skus.forEach((sku, i) => {
      const price = row.prices_minor?.[i] ?? null;
      this.prices.set(sku, price === null ? null : Number(price));
    });
  }

  decode(command: PlaceCommand, letter: string | undefined): AnswerByKind['place'] {
    const answer = readLetter('define-place-holds', letter);
    switch (answer) {
      case 'held':
        return { kind: 'held', hold: this.granted(command), replayed: false };
      case 'replayed':
        return { kind: 'held', hold: toFirstAnswer(this.row.holds![command.holdId]!), replayed: true };
      case 'key-reused':
      case 'drop-not-found':
        return { kind: answer };
      case 'unknown-sku':
        return { kind: answer, lineIndexes: this.unknownLines(command) };
      case 'drop-not-open':
      case 'drop-closed':
        return { kind: 'refused', reason: answer, shortLines: [] };
      case 'customer-limit':
        return { kind: 'refused', reason: 'limit-reached', shortLines: [] };
      case 'network-limit':
        return { kind: 'refused', reason: 'limit-reached', shortLines: [], limitOf: 'network' };
      case 'sold-out':
        return {
          kind: 'refused',
          reason: answer,
          // The ledger returns short lines only for baskets with several lines.
          shortLines: this.row.short_lines?.[command.holdId] ?? [0],
        };
    }
  }

  private granted({ holdId, customerId, lines }: PlaceCommand): Hold {
    const currency = this.row.currency!;
    let totalMinor = 0;
    const priced = lines.map(({ sku, quantity }) => {
      const amountMinor = this.prices.get(sku)!;
      totalMinor += quantity * amountMinor;
      return { sku, quantity, price: { amountMinor, currency } };
    });
    return {
      id: holdId,
      dropId: this.dropId,
      customerId,
      state: 'held',
      lines: priced,
      total: { amountMinor: totalMinor, currency },
      expiresAt: this.expiresAt,
      createdAt: this.createdAt,
    };
  }

  private unknownLines({ lines }: PlaceCommand): number[] {
    return lines.flatMap(({ sku }, index) => (this.prices.get(sku) === null ? [index] : []));
  }
}

const RELEASE = {
  done: 'released',
  'not-found': 'not-found',
  confirmed: 'confirmed',
  'payment-in-flight': 'payment-in-flight',
} as const;

/** The possible answers to each command on a hold. */
const END_ANSWERS: {
  [K in EndCommand['kind']]: Partial<Record<AnswerOf<'define-end-holds'>, AnswerByKind[K]['kind']>>;
} = {
  confirm: { done: 'confirmed', 'not-found': 'not-found', expired: 'expired', 'not-active': 'not-active' },
  extend: {
    done: 'extended',
    'not-found': 'not-found',
    expired: 'expired',
    'not-active': 'not-active',
    'payment-in-flight': 'payment-in-flight',
  },
  yield: { done: 'yielded', 'not-found': 'not-found', 'not-active': 'not-active' },
  release: RELEASE,
  'release-for-order': RELEASE,
};

function decodeEnd(command: EndCommand, letter: string | undefined, holds: BatchRow['holds']): LaneAnswer {
  const answer = readLetter('define-end-holds', letter);
  const kind = END_ANSWERS[command.kind][answer];
  if (kind === undefined) throw new Error(`the ledger answered a ${command.kind} with ${answer}`);
  if (kind === 'extended') return { kind, hold: toHold(holds![command.holdId]!) };
  return { kind } as LaneAnswer;
}

// Repeated requests too: the answer that granted the units may have been lost.
const HAS_HOLD: ReadonlySet<AnswerOf<'define-place-holds'>> = new Set(['held', 'replayed', 'key-reused']);

/** The batch's report on the drop; null if it is unknown or a draft. */
export function decodeNews(
  dropId: string,
  { places, networks }: EncodedBatch,
  row: BatchRow,
): LaneNews | null {
  if (row.phase === null || row.per_customer_limit === null) return null;
  const customers: string[] = [];
  places.forEach(({ customerId }, i) => {
    if (HAS_HOLD.has(readLetter('define-place-holds', row.place_codes![i]))) customers.push(customerId);
  });
  networks.forEach((id, i) => {
    if (Number(row.network_left![i]) < row.per_customer_limit!) customers.push(networkName(id));
  });
  return {
    dropId,
    open: row.phase === 'open',
    closesInMs: toMs(row.closes_in_ms),
    perCustomerLimit: row.per_customer_limit,
    available: onOffer(row.stock),
    customers,
    decided: places.map(({ holdId }) => holdId),
  };
}

/** The row of `sale-of-drop.sql`. */
export interface SaleRow {
  open: boolean;
  opens_in_ms: string | null;
  closes_in_ms: string | null;
  per_customer_limit: number;
  stock: StockImage[] | null;
}

export function decodeSale(row: SaleRow): GateSale {
  return {
    open: row.open,
    opensInMs: toMs(row.opens_in_ms),
    closesInMs: toMs(row.closes_in_ms),
    perCustomerLimit: row.per_customer_limit,
    available: onOffer(row.stock),
  };
}

function onOffer(stock: readonly StockImage[] | null): Map<string, UnitsOnOffer> {
  return new Map((stock ?? []).map(([sku, , units, , , epoch, version]) => [sku, { units, epoch, version }]));
}

function toMs(text: string | null): number | null {
  return text === null ? null : Number(text);
}
