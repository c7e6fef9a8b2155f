import { connect, createServer, type Server, type Socket } from 'node:net';

/** The last bytes of a reply of PostgreSQL: ReadyForQuery, not in a transaction. After it the commit is durable. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/**
 * Stands between a pool and PostgreSQL and does what networks do: loses the reply of a statement that was committed, stalls, refuses.
 */
export class FlakyProxy {
  /** Asked after each whole reply: true loses it and cuts the connection. */
  loseReply: () => boolean = () => false;
  private stalled = false;
  private refusing = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(databaseUrl: string): Promise<FlakyProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${address.port}`;
    const proxy = new FlakyProxy(server, url.toString());
    server.on('connection', (client) => proxy.join(client, Number(target.port), target.hostname));
    return proxy;
  }

  /** Nothing passes any more, in either direction, and nobody is told. */
  stall(): void {
    this.stalled = true;
  }

  /** As if the server were gone: connections are cut and new ones refused. */
  refuse(): void {
    this.refusing = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** All well again. What was stalled is cut, as a router does that comes back. */
  heal(): void {
    this.loseReply = () => false;
    this.refusing = false;
    if (this.stalled) for (const socket of this.sockets) socket.destroy();
    this.stalled = false;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, port: number, host: string): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = connect(port, host);
    let reply: Buffer[] = [];
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', cut).on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (bytes) => {
      if (!this.stalled) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (this.stalled) return;
      reply.push(bytes);
      if (!bytes.subarray(-READY.length).equals(READY)) return;
      const whole = Buffer.concat(reply);
      reply = [];
      if (this.loseReply()) cut();
      else client.write(whole);
    });
    // The greeting does not end in ReadyForQuery at first: pass on what has waited for a while.
    const passOn = setInterval(() => {
      if (this.stalled || reply.length === 0) return;
      client.write(Buffer.concat(reply));
      reply = [];
    }, 5);
    server.on('close', () => clearInterval(passOn));
  }
}
