import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal';

/** Shows how far a long step is: a bar for eyes, a line now and then for logs. Always on standard error. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 2_000;

export function startProgress(terminal: Terminal, what: string, total: number): Progress {
  return terminal.streams.err.isTTY === true ? bar(terminal, what, total) : lines(terminal, what, total);
}

function bar(terminal: Terminal, what: string, total: number): Progress {
  const drawn = new SingleBar(
    {
      format: `${what} {bar} {value}/{total} {percentage}%`,
      stream: terminal.streams.err,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    },
    Presets.shades_classic,
  );
  drawn.start(total, 0);
  return { update: (done) => drawn.update(done), stop: () => drawn.stop() };
}

function lines(terminal: Terminal, what: string, total: number): Progress {
  let last = performance.now();
  return {
    update(done) {
      if (performance.now() - last < LINE_EVERY_MS) return;
      last = performance.now();
      terminal.note(`${what} ${done}/${total}`);
    },
    stop: () => undefined,
  };
}
