import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and Redis, and loses replies of commands that were carried out. */
export class RedisProxy {
  /** Asked for each piece of a reply: true loses it and cuts the connection. */
  loseReply: (reply: Buffer) => boolean = () => false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
    /** Where connections go that are opened from now on. */
    public port: number,
  ) {}

  static async start(port: number): Promise<RedisProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    const proxy = new RedisProxy(server, `redis://127.0.0.1:${address.port}`, port);
    server.on('connection', (client) => proxy.join(client, proxy.port));
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
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
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => {
      if (this.loseReply(bytes)) cut();
      else client.write(bytes);
    });
  }
}
