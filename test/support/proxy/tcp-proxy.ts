import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The two ends of one connection, and what ends both. */
export interface Link {
  client: Socket;
  server: Socket;
  cut(): void;
}

/** Stands between a client and a server and does what machines and networks do: stalls, refuses, loses replies, cuts. */
export class TcpProxy {
  /** Asked for each piece that the server sends: true loses it and cuts the connection. */
  loseReply: (bytes: Buffer) => boolean = () => false;
  /** Taken so far. */
  connections = 0;
  protected stalled = false;
  private refusing = false;
  private readonly sockets = new Set<Socket>();
  private readonly listener = createServer((client) => this.accept(client));

  /** `target`: the server's URL; connections that are opened from now on go there. */
  constructor(public target: string) {}

  static async start<P extends TcpProxy>(this: new (target: string) => P, target: string): Promise<P> {
    const proxy = new this(target);
    await new Promise<void>((resolve) => proxy.listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** Where clients find it: host and port. */
  get address(): string {
    return `127.0.0.1:${(this.listener.address() as AddressInfo).port}`;
  }

  /** The target's URL with the proxy's address. */
  get url(): string {
    const url = new URL(this.target);
    url.host = this.address;
    return url.toString();
  }

  /** Connections stay open, new ones are taken, and nothing passes in either direction: what SIGSTOP does to a process. */
  stall(): void {
    this.stalled = true;
  }

  resume(): void {
    this.stalled = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** As if the server were gone: connections are cut and new ones refused. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** All well again. What was stalled is cut, as a router does that comes back. */
  heal(): void {
    this.loseReply = () => false;
    this.refusing = false;
    if (this.stalled) this.cut();
    this.stalled = false;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  /** What passes on one connection, and how. */
  protected relay({ client, server, cut }: Link): void {
    this.each(client, (bytes) => server.write(bytes));
    this.each(server, (bytes) => {
      if (this.loseReply(bytes)) cut();
      else client.write(bytes);
    });
  }

  /** Hands on what the socket receives, unless the proxy is stalled: then it waits. */
  protected each(from: Socket, pass: (bytes: Buffer) => void): void {
    from.on('data', (bytes) => {
      if (!this.stalled) return pass(bytes);
      from.pause();
      from.unshift(bytes);
    });
  }

  private accept(client: Socket): void {
    if (this.refusing) return void client.destroy();
    this.connections += 1;
    const { hostname, port } = new URL(this.target);
    const server = connect(Number(port), hostname);
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
    this.relay({ client, server, cut });
  }
}
