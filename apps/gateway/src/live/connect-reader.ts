import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { markLive } from '../entrypoints/http/server/connections/live-socket';
import { LiveReader } from './live-reader';

const KEEP_ALIVE_PROBE_MS = 30_000; // a peer that vanished without a word is noticed by the kernel

/**
 * Takes the connection out of the framework's hands and sends the head of the stream, with the headers that the edge has set so far (security,
 * request id, limits). Null when the client has gone away meanwhile.
 */
export function connectReader(
  request: FastifyRequest,
  reply: FastifyReply,
  backlogBytesMax: number,
): LiveReader | null {
  const response = reply.raw;
  const socket = response.socket;
  reply.hijack();
  if (!socket || socket.destroyed) {
    // No socket: the request stands behind another one on its connection, which a stream without end cannot.
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
    // no-transform and no Content-Encoding: a proxy that compresses keeps the events to itself until it has enough of them.
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  };
}
