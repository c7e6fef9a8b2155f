import { networkNames, type PlaceHold, type Shortage } from '@holdfast/contracts';
import { LATCH_MS_MAX } from './latch-settings';

type Wish = Pick<PlaceHold, 'customerId' | 'lines' | 'network'>;

/** A request for a certificate in flight, and what the feed has reported meanwhile. */
export interface Question {
  /** Time before it was sent, by the monotonic clock: no state in the answer is older. */
  readonly askedAtMs: number;
  /** The highest number of available units of a SKU in any message since. */
  readonly offered: Map<string, number>;
}

/** What inventory knew about a drop at one moment, which allows refusing for a short time. */
export class Certificate {
  private readonly units: ReadonlyMap<string, number>;
  private readonly customers: ReadonlySet<string>;
  private readonly perCustomerLimit: number;
  private readonly endsAtMs: number;
  readonly askedAtMs: number;

  /**
   * @param question its time is the certificate's, although the answer is younger; units reported meanwhile
   * may be newer or
   *   older than the answer, and prevent a refusal in either case
   */
  constructor(
    shortage: Shortage,
    private readonly question: Question,
  ) {
    this.units = new Map(shortage.available.map(({ sku, units }) => [sku, units]));
    this.customers = new Set(shortage.customers);
    this.perCustomerLimit = shortage.perCustomerLimit;
    this.askedAtMs = question.askedAtMs;
    this.endsAtMs = this.askedAtMs + Math.min(LATCH_MS_MAX, shortage.openForMs ?? LATCH_MS_MAX);
  }

  /** Number of customers in it. */
  get size(): number {
    return this.customers.size;
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.endsAtMs;
  }

  /** Handles a message of the feed. Messages can only prevent refusals, because their counts may be old. */
  onOffer(sku: string, available: number): void {
    offer(this.question, sku, available);
  }

  /**
   * The indexes of all short lines, if the ledger would certainly refuse as sold out; null if its answer
   * could be another.
   */
  shortLines({ customerId, network, lines }: Wish, nowMs: number): number[] | null {
    // A customer who may have a hold could be replaying it, or be over the limit.
    if (this.isOver(nowMs) || this.customers.has(customerId)) return null;
    const short: number[] = [];
    let wanted = 0;
    for (let i = 0; i < lines.length; i += 1) {
      const { sku, quantity } = lines[i]!;
      const units = this.units.get(sku);
      if (units === undefined) return null; // unknown here, or no SKU of this drop: inventory decides
      wanted += quantity;
      if (units >= quantity) continue;
      if ((this.question.offered.get(sku) ?? 0) >= quantity) return null; // may have become available
      short.push(i);
    }
    // Over a limit, the limit is the reason; the same for that of the network.
    if (short.length === 0 || wanted > this.perCustomerLimit) return null;
    return networkNames(network).some((name) => this.customers.has(name)) ? null : short;
  }
}

/** Records the available units in a message. */
export function offer(question: Question, sku: string, available: number): void {
  if (available > (question.offered.get(sku) ?? 0)) question.offered.set(sku, available);
}
