import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { markLive } from '../entrypoints/http/server/connections/live-socket';
import { LiveReader } from './live-reader';

const KEEP_ALIVE_PROBE_MS = 30_000; // the kernel notices a peer that vanished without closing

/**
 * Takes the connection over from the framework and sends the head of the stream, with the headers that were set so far (security, request id,
 * limits). Null when the client has disconnected.
 */
export function connectReader(
  request: FastifyRequest,
  reply: FastifyReply,
  backlogBytesMax: number,
): LiveReader | null {
  const response = reply.raw;
  const socket = response.socket;
  request.endTurn?.();
  reply.hijack();
  if (!socket || socket.destroyed) {
    // No socket: the request is pipelined behind another one, which an endless stream cannot be.
    request.raw.socket.destroy();
    return null;
  }
  // Frames are written to the socket itself: it must never carry another answer.
  response.shouldKeepAlive = false;
  markLive(socket);
  response.writeHead(200, streamHeaders(reply));
  response.flushHeaders();
  socket.setNoDelay(true);
  socket.setTimeout(0);
  socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  return new LiveReader(socket, response, response.chunkedEncoding, backlogBytesMax);
}

export function streamHeaders(reply: FastifyReply): OutgoingHttpHeaders {
  return {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    'content-type': 'text/event-stream',
    // no-transform and no Content-Encoding: a proxy that compresses would buffer the events.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
}
