import { replyEnd, wordsOf } from './resp';
import { type Link, TcpProxy } from './tcp-proxy';

/** What becomes of a reply: passed on (undefined), replaced by other bytes, or lost together with the connection. */
export type Fate = Buffer | 'cut' | undefined;
/** `words` is the command that was answered. */
export type Judge = (words: readonly string[], reply: Buffer) => Fate;

/** In front of Redis: it understands commands and replies, and may lie about them. */
export class RedisProxy extends TcpProxy {
  /** Asked for each reply. */
  judge: Judge = () => undefined;
  /** Replies that were not passed on as they came. */
  falsified = 0;

  override heal(): void {
    super.heal();
    this.judge = () => undefined;
  }

  protected override relay({ client, server, cut }: Link): void {
    const asked: string[][] = [];
    // After a subscription replies no longer follow commands: such a connection is passed through.
    let listens = false;
    const commands = new Pieces();
    const replies = new Pieces();
    this.each(client, (bytes) => {
      server.write(bytes);
      for (const command of listens ? [] : commands.add(bytes)) {
        const words = wordsOf(command);
        listens ||= /^s?p?subscribe$/i.test(words[0] ?? '');
        asked.push(words);
      }
    });
    this.each(server, (bytes) => {
      if (listens) return void client.write(bytes);
      const out: Buffer[] = [];
      for (const reply of replies.add(bytes)) {
        const fate = this.judge(asked.shift() ?? [], reply);
        if (fate !== undefined) this.falsified += 1;
        if (fate === 'cut') return cut();
        out.push(fate ?? reply);
      }
      client.write(Buffer.concat(out));
    });
  }
}

/** Cuts a stream into whole values of the protocol. */
class Pieces {
  private rest: Buffer = Buffer.alloc(0);

  add(bytes: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const whole: Buffer[] = [];
    let from = 0;
    for (let end = replyEnd(this.rest, 0); end > 0; end = replyEnd(this.rest, from)) {
      whole.push(this.rest.subarray(from, end));
      from = end;
    }
    this.rest = this.rest.subarray(from);
    return whole;
  }
}
