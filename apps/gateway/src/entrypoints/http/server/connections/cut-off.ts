import type { Socket } from 'node:net';

/**
 * Ends a connection whose peer does not read. A reset, so that the kernel drops at once what it still holds for the peer, which may be
 * megabytes; on a socket whose end was sent already Node cannot reset.
 */
export function cutOff(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
