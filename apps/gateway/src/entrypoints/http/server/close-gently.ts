import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const FINISH_MS_MAX = 5_000; // of the ten seconds that the whole product has for its end
const LOOK_AGAIN_MS = 50; // a connection whose last answer is out is idle, and nobody else closes it

/**
 * Lets the server close without waiting for ever: connections on which nothing was ever asked are closed at once (Node takes them for busy
 * until their header timeout), and whatever is left after five seconds, too. Requests in flight have until then.
 */
export function closeGently(server: Server): void {
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.on('request', (request) => silent.delete(request.socket));
  const close = server.close.bind(server);
  server.close = (done) => {
    for (const socket of silent) socket.destroy();
    const look = setInterval(() => server.closeIdleConnections(), LOOK_AGAIN_MS);
    const end = setTimeout(() => server.closeAllConnections(), FINISH_MS_MAX);
    return close((error) => {
      clearInterval(look);
      clearTimeout(end);
      done?.(error);
    });
  };
}
