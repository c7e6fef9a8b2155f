import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import pino, { type DestinationStream } from 'pino';

const STDERR = 2;
// For a reader that pauses; one that has stopped must not use more memory.
const BUFFER_BYTES_MAX = 1024 * 1024;

let output: DestinationStream | null = null;

/**
 * Non-blocking output to standard error. Writing to a pipe that nobody reads blocks the whole process, e.g.
 * if a script reads only until the ready line: after 64 KiB of log, no request would be answered and no
 * signal handled. Lines that exceed the buffer are dropped, and their number is logged once there is space
 * again.
 */
export function standardError(): DestinationStream {
  output ??= isPipe() ? overPipe() : pino.destination({ dest: STDERR, sync: true });
  return output;
}

function isPipe(): boolean {
  const stats = fstatSync(STDERR);
  return stats.isFIFO() || stats.isSocket();
}

function overPipe(): DestinationStream {
  // Node sets its own streams to blocking at their first use, which would later affect a shared pipe here,
  // too.
  void process.stdout;
  void process.stderr;
  const pipe = new Socket({ fd: STDERR, readable: false, writable: true });
  pipe.on('error', () => undefined); // a closed pipe must not end the product
  let leftOut = 0;
  return {
    write(line: string): void {
      if (pipe.writableLength > BUFFER_BYTES_MAX) {
        leftOut += 1;
        return;
      }
      if (leftOut > 0)
        pipe.write(`${JSON.stringify({ level: 40, msg: 'log lines left out', lines: leftOut })}\n`);
      leftOut = 0;
      pipe.write(line);
    },
  };
}
