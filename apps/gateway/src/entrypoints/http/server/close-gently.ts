import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** For requests in flight; part of the ten seconds for the shutdown of the product. */
export const FINISH_MS_MAX = 5_000;
const LOOK_AGAIN_MS = 50; // a connection whose last answer is out is idle, and nobody else closes it

/**
 * Closes the server within a bounded time: connections without a request are closed at once (Node treats them
 * as busy until their header timeout), those with requests in flight after five seconds at the latest.
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
