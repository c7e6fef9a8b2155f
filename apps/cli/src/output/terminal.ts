import { createColors } from 'picocolors';

/** Where a command speaks: the answer goes to `out`, everything else to `err`. Handed in, so that tests can listen. */
export interface Streams {
  out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  err: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  /** For what must not stand on a command line. */
  in?: NodeJS.ReadableStream;
}

export type Colours = ReturnType<typeof createColors>;

/** The two streams with manners: colours only for eyes, and a reader that has gone away is no error. */
export class Terminal {
  /** For text of the answer. */
  readonly colours: Colours;
  private readonly errColours: Colours;

  constructor(
    readonly streams: Streams,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const wanted = !env['NO_COLOR'] && env['TERM'] !== 'dumb';
    this.colours = createColors(wanted && streams.out.isTTY === true);
    this.errColours = createColors(wanted && streams.err.isTTY === true);
    // `holdfast … | head` closes the pipe early: the rest of the answer is not wanted.
    for (const stream of [streams.out, streams.err]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') throw error;
      });
    }
  }

  /** The answer, and nothing else, goes to standard output. */
  answer(text: string): void {
    this.streams.out.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** Progress and messages. */
  note(text: string): void {
    this.streams.err.write(`${text}\n`);
  }

  fail(text: string): void {
    this.streams.err.write(`${this.errColours.red('error:')} ${text}\n`);
  }
}
