import { setTimeout as pause } from 'node:timers/promises';
import { type Buyer, Crowd, holdOf, type Reply, type Wish } from './crowd';

const IN_FLIGHT = 64;
/** What every so manieth winner does. */
const WINNERS_TURNS = ['pay', 'decline', 'release', 'leave', 'again'] as const;

/** What the clients of a rush were told. */
export class CountedRush {
  /** Answers to placing a hold: `held`, `replayed`, or the code of the problem. */
  readonly answers: Record<string, number> = {};
  /** Answers to orders and releases, as `pay 201`. */
  readonly ends: Record<string, number> = {};
  private winners = 0;

  private constructor(
    private readonly dropId: string,
    private readonly buyers: readonly Buyer[],
  ) {}

  /** So many shoppers, each with a session; each asks for units of SKU `A`, and winners pay, release or leave their hold. Some ask for nonsense. */
  static async run(url: string, dropId: string, shoppers: number): Promise<CountedRush> {
    const crowd = new Crowd([url], IN_FLIGHT);
    try {
      const rush = new CountedRush(dropId, await crowd.gather(shoppers));
      await rush.all((buyer, n) => rush.shop(buyer, n));
      return rush;
    } finally {
      await crowd.close();
    }
  }

  sumOf(of: (word: string) => boolean): number {
    return Object.entries(this.answers).reduce((sum, [word, n]) => sum + (of(word) ? n : 0), 0);
  }

  private async all(each: (buyer: Buyer, n: number) => Promise<void>): Promise<void> {
    let next = 0;
    const work = async () => {
      for (let n = next++; n < this.buyers.length; n = next++) await each(this.buyers[n]!, n);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  }

  private async shop(buyer: Buyer, n: number): Promise<void> {
    if (n % 50 === 1) await this.ask(buyer, { lines: [{ sku: 'A', quantity: 99 }] });
    if (n % 50 === 2) await this.ask(buyer, { lines: [{ sku: 'A', quantity: 0 }] });
    if (n % 50 === 3) await this.ask(buyer, { lines: [{ sku: 'NONE', quantity: 1 }] });
    const wish = { key: `key-${n}` };
    const reply = await this.ask(buyer, wish);
    if (reply.status !== 201) return;
    const turn = WINNERS_TURNS[this.winners++ % WINNERS_TURNS.length];
    const { id } = holdOf(reply);
    if (turn === 'again') await this.ask(buyer, wish);
    if (turn === 'pay') this.count(this.ends, `pay ${(await buyer.order(id)).word}`);
    if (turn === 'decline') this.count(this.ends, `decline ${(await buyer.order(id, 'tok_declined')).word}`);
    if (turn === 'release') this.count(this.ends, `release ${(await buyer.release(id)).status}`);
  }

  private count(counts: Record<string, number>, word: string): void {
    counts[word] = (counts[word] ?? 0) + 1;
  }

  /** Each answer is counted, also those after which the same is asked again. */
  private async ask(buyer: Buyer, wish: Wish): Promise<Reply> {
    for (;;) {
      const reply = await buyer.tryHold(this.dropId, wish);
      this.count(this.answers, reply.word);
      if (reply.status !== 503) return reply;
      await pause(Number(reply.retryAfter) * 500);
    }
  }
}
