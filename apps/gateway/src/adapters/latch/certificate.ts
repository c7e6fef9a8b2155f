import { networkNames, type PlaceHold, type Shortage } from '@holdfast/contracts';
import { LATCH_MS_MAX } from './latch-settings';

type Wish = Pick<PlaceHold, 'customerId' | 'lines' | 'network'>;

/** A question to inventory that is under way, and what the feed told meanwhile. */
export interface Question {
  /** Before it was sent, by the monotonic clock: no state in the answer can be older. */
  readonly askedAtMs: number;
  /** The most units of a SKU that any message has offered since. */
  readonly offered: Map<string, number>;
}

/** What inventory knew about a drop at one moment, and with it the right to refuse for a short while. */
export class Certificate {
  private readonly units: ReadonlyMap<string, number>;
  private readonly customers: ReadonlySet<string>;
  private readonly perCustomerLimit: number;
  private readonly endsAtMs: number;
  readonly askedAtMs: number;

  /**
   * @param question its time counts as the certificate's age, although the answer is younger; what was offered meanwhile may be news or
   *   old, and is held against the certificate either way
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

  /** How many customers it names. */
  get size(): number {
    return this.customers.size;
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.endsAtMs;
  }

  /** A message of the feed. Counts only ever make the certificate say less: what it does not offer may be old. */
  heed(sku: string, available: number): void {
    offer(this.question, sku, available);
  }

  /** The indexes of all lines that do not fit, if the ledger would surely have said so; null when it might have said something else. */
  shortLines({ customerId, network, lines }: Wish, nowMs: number): number[] | null {
    // Who may have a hold could be repeating it, or could have used up the limit.
    if (this.isOver(nowMs) || this.customers.has(customerId)) return null;
    const short: number[] = [];
    let wanted = 0;
    for (let i = 0; i < lines.length; i += 1) {
      const { sku, quantity } = lines[i]!;
      const units = this.units.get(sku);
      if (units === undefined) return null; // unknown here, or no SKU of this drop: inventory tells which
      wanted += quantity;
      if (units >= quantity) continue;
      if ((this.question.offered.get(sku) ?? 0) >= quantity) return null; // came back, perhaps
      short.push(i);
    }
    // Beyond the limit, the limit is the reason; also beyond that of the network.
    if (short.length === 0 || wanted > this.perCustomerLimit) return null;
    return networkNames(network).some((name) => this.customers.has(name)) ? null : short;
  }
}

/** Notes what a message offers. */
export function offer(question: Question, sku: string, available: number): void {
  if (available > (question.offered.get(sku) ?? 0)) question.offered.set(sku, available);
}
