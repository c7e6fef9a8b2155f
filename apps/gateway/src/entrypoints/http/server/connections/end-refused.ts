import type { Socket } from 'node:net';
import { cutOff } from './cut-off';

const ending = new WeakSet<Socket>();

/**
 * Sends the last words on a connection and closes it. Node closes only its own side here, and would keep the rest for as long as the client
 * likes; a client that has not gone by itself after `withinMs` is cut off. Until then its bytes are read: unread ones would turn the end
 * into a reset, which can overtake the answer.
 */
export function endRefused(socket: Socket, answer: string, withinMs: number): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  const timer = setTimeout(() => cutOff(socket), withinMs);
  socket.once('close', () => clearTimeout(timer));
  socket.end(answer);
}

/** It has got its last words: whatever else it sends is not worth another. */
export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}
