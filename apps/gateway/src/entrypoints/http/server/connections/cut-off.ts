import type { Socket } from 'node:net';

/**
 * Closes a connection whose peer does not read. Uses a reset, so that the kernel drops its send buffer at
 * once, which may have megabytes; after FIN was sent, Node cannot reset.
 */
export function cutOff(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
