import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ProblemCode, PROBLEMS } from '@holdfast/contracts';
import type { SecurityEvents } from '@holdfast/observability';
import { PROBLEM_TYPE, problemBody } from '../problems/problem';
import { endRefused, isEnding } from './connections/end-refused';
import { requestIdOf } from './trace';

interface ParserError {
  code?: string;
  /** The last bytes of the parser's input. */
  rawPacket?: unknown;
}

const REQUEST_LINE_MAX = 8 * 1024;

/**
 * Answers invalid requests (too slow, too large, or not HTTP) directly on the socket, which is closed after
 * `refusedMs` at the latest.
 */
export function answerClientErrors(
  events: () => SecurityEvents,
  refusedMs: number,
): (error: ParserError, socket: Socket) => void {
  return (error, socket) => {
    if (isEnding(socket)) return;
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const code = codeOf(error);
    const kind = code === 'request-timeout' ? 'request-timeout' : 'broken-request';
    events().report(kind, { address: socket.remoteAddress ?? '', detail: code });
    endRefused(socket, answerOf(code), refusedMs);
  };
}

function answerOf(code: ProblemCode): string {
  const [status] = PROBLEMS[code];
  const id = requestIdOf({ headers: {} });
  const body = problemBody({ code }, '/', id.slice(0, 32));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    `x-request-id: ${id}`,
    'cache-control: no-store',
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

function codeOf({ code, rawPacket }: ParserError): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  if (code === 'HPE_HEADER_OVERFLOW')
    return isLongRequestLine(rawPacket) ? 'uri-too-long' : 'headers-too-large';
  return 'invalid-request';
}

/** The parser counts the URL as a header; a long URL must be reported as such. */
function isLongRequestLine(packet: unknown): boolean {
  if (!Buffer.isBuffer(packet) || !/^[A-Z]+ \S/.test(packet.toString('latin1', 0, 64))) return false;
  const end = packet.indexOf('\r\n');
  return end < 0 || end > REQUEST_LINE_MAX;
}
