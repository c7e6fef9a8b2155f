import type { Socket } from 'node:net';

const live = new WeakSet<Socket>();

/** Says that the connection carries live counts from now on, which bound by themselves what waits for their readers. */
export function markLive(socket: Socket): void {
  live.add(socket);
}

export function isLive(socket: Socket): boolean {
  return live.has(socket);
}
