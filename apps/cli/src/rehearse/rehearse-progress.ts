import type { Rehearsal } from '@holdfast/contracts';
import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from '../output/terminal';
import { plain } from './rehearsal-text';

/** Shows what a rehearsal does and when it has ended: a bar for eyes, a line now and then for logs. On standard error. */
export interface RehearseProgress {
  show(rehearsal: Rehearsal): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;
const DETAIL_WIDTH = 60;

export function rehearseProgress(terminal: Terminal): RehearseProgress {
  return terminal.streams.err.isTTY === true ? bar(terminal) : lines(terminal);
}

function bar({ streams }: Terminal): RehearseProgress {
  const drawn = new SingleBar(
    {
      format: '{bar} {percentage}%  ends by {end}  {detail}',
      stream: streams.err,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      fps: 4,
    },
    Presets.shades_classic,
  );
  drawn.start(100, 0, { end: '…', detail: 'starting' });
  return {
    show: (rehearsal) => drawn.update(Math.round(rehearsal.progress * 100), words(rehearsal)),
    stop: () => drawn.stop(),
  };
}

function lines(terminal: Terminal): RehearseProgress {
  let last = { detail: '', at: -LINE_EVERY_MS };
  return {
    show(rehearsal) {
      const now = performance.now();
      if (rehearsal.detail === last.detail && now - last.at < LINE_EVERY_MS) return;
      last = { detail: rehearsal.detail, at: now };
      const { end, detail } = words(rehearsal);
      terminal.note(`${Math.round(rehearsal.progress * 100)} %, ends by ${end}: ${detail}`);
    },
    stop: () => undefined,
  };
}

/** The clock of those who wait, and one line. */
function words({ endsBy, detail }: Rehearsal): { end: string; detail: string } {
  const end = new Date(endsBy).toLocaleTimeString('en-GB');
  return { end, detail: plain(detail).slice(0, DETAIL_WIDTH) };
}
