import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import pino, { type DestinationStream } from 'pino';

const STDERR = 2;
const BUFFER_BYTES_MAX = 1024 * 1024; // for a reader that pauses; one that stopped for good must not cost more

let output: DestinationStream | null = null;

/**
 * Standard error as a place that never makes the product wait. Writing to a pipe stops the whole process when nobody reads the other end,
 * which is what a script does that waited for the ready line and then looked away: after 64 KiB of log no request would be answered
 * and no signal heard. Lines that find no room are left out, and their number is told when there is room again.
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
  // Node makes its own streams blocking when they are first touched; a shared pipe would become blocking for us, too, later on.
  void process.stdout;
  void process.stderr;
  const pipe = new Socket({ fd: STDERR, readable: false, writable: true });
  pipe.on('error', () => undefined); // a reader that is gone is no reason to stop
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
