import { type Link, TcpProxy } from './tcp-proxy';

/** The last bytes of a reply of PostgreSQL: ReadyForQuery, not in a transaction. After it the commit is durable. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** In front of PostgreSQL: `loseReply` is asked after each whole reply, so a lost one is of a statement that was committed. */
export class PostgresProxy extends TcpProxy {
  protected override relay({ client, server, cut }: Link): void {
    let reply: Buffer[] = [];
    const take = () => {
      const whole = Buffer.concat(reply);
      reply = [];
      return whole;
    };
    this.each(client, (bytes) => server.write(bytes));
    this.each(server, (bytes) => {
      reply.push(bytes);
      if (!bytes.subarray(-READY.length).equals(READY)) return;
      const whole = take();
      if (this.loseReply(whole)) cut();
      else client.write(whole);
    });
    // The greeting does not end in ReadyForQuery at first: pass on what has waited for a while.
    const passOn = setInterval(() => {
      if (!this.stalled && reply.length > 0) client.write(take());
    }, 5);
    server.on('close', () => clearInterval(passOn));
  }
}
