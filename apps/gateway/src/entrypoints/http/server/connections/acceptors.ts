import { spawn } from 'node:child_process';
import type { Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';

// A turn of the event loop takes some milliseconds under load; with eight handles a flood of connections is
// accepted eight times faster.
const MORE = 8;
const GIVE_UP_MS = 10_000;
/**
 * Sends the handle back as often as it is asked for; each arrives as another descriptor of the same socket.
 */
const ECHO = `process.on('message', (count, handle) => {
  const next = (left) => (left > 0 ? process.send(left, handle, undefined, () => next(left - 1)) : process.disconnect());
  next(count);
});`;

/**
 * Node accepts one connection for each listening handle in each turn of the event loop (libuv 1.45 and
 * later), in order of arrival, so a flood of new connections delays all others. Node cannot duplicate a
 * handle, but passing it to another process and back does. If that fails, one handle is used.
 */
export class Acceptors {
  private readonly more: NetServer[] = [];
  private closing = false;

  /** To be made before anything else changes `close`, which then waits for the connections of all handles. */
  constructor(private readonly server: Server) {
    const close = server.close.bind(server);
    server.close = (done) => {
      this.closing = true;
      let left = this.more.length + 1;
      const one = (error?: Error) => {
        left -= 1;
        if (left === 0) done?.(error);
      };
      for (const acceptor of this.more) acceptor.close(() => one());
      return close(one);
    };
  }

  /** Once the server listens. */
  add(): void {
    const { _handle: handle } = this.server as unknown as { _handle?: object };
    if (!handle) return;
    try {
      this.copy(handle);
    } catch {
      // There is no process or descriptor to spare; one handle accepts, too.
    }
  }

  private copy(handle: object): void {
    const child = spawn(process.execPath, ['-e', ECHO], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
    });
    const late = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
    late.unref();
    child.on('error', () => undefined).on('exit', () => clearTimeout(late));
    child.on('message', (_, copy) => copy && this.listen(copy));
    child.send(MORE, handle as never, () => undefined);
    child.unref();
    child.channel?.unref();
  }

  private listen(copy: unknown): void {
    // As Node opens the sockets of an HTTP server: with Nagle's algorithm small answers and events would wait
    // for the client's acknowledgement.
    const options = { allowHalfOpen: true, noDelay: true };
    const acceptor = createServer(options, (socket) => this.server.emit('connection', socket));
    acceptor.on('error', () => undefined);
    acceptor.listen(copy);
    if (this.closing) acceptor.close();
    else this.more.push(acceptor);
  }
}
