import { connect, createServer, type Server, type Socket } from 'node:net';
import { replyEnd, wordsOf } from './resp';

/** What becomes of a reply: passed on (undefined), replaced by other bytes, or lost together with the connection. */
export type Fate = Buffer | 'cut' | undefined;
/** `words` is the command that was answered. */
export type Judge = (words: readonly string[], reply: Buffer) => Fate;

/** Stands between a service and Redis, understands commands and replies, and may lie about them. */
export class RedisProxy {
  /** Asked for each reply. */
  judge: Judge = () => undefined;
  /** Replies that were not passed on as they came. */
  falsified = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(redisUrl: string): Promise<RedisProxy> {
    const target = new URL(redisUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = new URL(redisUrl);
    url.host = `127.0.0.1:${address.port}`;
    const proxy = new RedisProxy(server, url.toString());
    server.on('connection', (client) => proxy.join(client, Number(target.port), target.hostname));
    return proxy;
  }

  /** Honest from now on. */
  heal(): void {
    this.judge = () => undefined;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, port: number, host: string): void {
    const server = connect(port, host);
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', cut).on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    const asked: string[][] = [];
    // After a subscription replies no longer follow commands: such a connection is passed through.
    let listens = false;
    const commands = new Pieces();
    const replies = new Pieces();
    client.on('data', (bytes) => {
      server.write(bytes);
      for (const command of listens ? [] : commands.add(bytes)) {
        const words = wordsOf(command);
        listens ||= /^s?p?subscribe$/i.test(words[0] ?? '');
        asked.push(words);
      }
    });
    server.on('data', (bytes) => {
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
