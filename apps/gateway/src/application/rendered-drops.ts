import type { ListDrops } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { DropDirectory, DropSnapshot } from './drop-directory';
import { ReadThrough } from './read-through';

/** An answer as text, with its entity tag. */
export interface Rendered {
  body: string;
  etag: string;
}

const TEXT_AGE_MS_MAX = 100; // bounds it to ten renderings a second; `serverTime` is off by at most as much
const DROPS_MAX = 200;
const LISTS_MAX = 50;
const BYTES_MAX = 32 * 1024 * 1024; // of either; 5,000 SKUs are 1.4 MB of text
const DEADLINE_MS = 5_000; // the directory has its own, and keeps the last state

/** Drops as the text that HTTP sends, rendered once for all requests of the same tenth of a second. */
export class RenderedDrops {
  private readonly drops: ReadThrough<Rendered | null>;
  private readonly lists: ReadThrough<Rendered>;

  constructor(directory: DropDirectory, clock: Clock) {
    const common = {
      clock,
      maxAgeMs: TEXT_AGE_MS_MAX,
      deadlineMs: DEADLINE_MS,
      patienceMs: DEADLINE_MS,
      what: 'rendering a drop',
    };
    this.drops = new ReadThrough({
      ...common,
      entriesMax: DROPS_MAX,
      bytesOf,
      bytesMax: BYTES_MAX,
      load: async (dropId) => render(await directory.snapshot(dropId)),
    });
    this.lists = new ReadThrough({
      ...common,
      entriesMax: LISTS_MAX,
      bytesOf,
      bytesMax: BYTES_MAX,
      load: async (query) => renderList(await directory.list(JSON.parse(query) as ListDrops)),
    });
  }

  /** Null when there is no such drop, or only a draft. Throws `ServiceUnavailable`. */
  async get(dropId: string): Promise<Rendered | null> {
    return (await this.drops.get(dropId)).value;
  }

  /** Throws `InvalidCursor`, `ServiceUnavailable`. */
  async list(query: ListDrops): Promise<Rendered> {
    return (await this.lists.get(JSON.stringify(query))).value;
  }
}

/** A character beyond Latin-1 makes a string of two bytes for each; the compressed forms are a tenth of it. */
function bytesOf(text: Rendered | null): number {
  return text === null ? 0 : 2 * text.body.length;
}

function render(snapshot: DropSnapshot | null): Rendered | null {
  return snapshot && { body: JSON.stringify(snapshot.view), etag: snapshot.etag };
}

function renderList({ items, nextCursor }: { items: DropSnapshot[]; nextCursor: string | null }): Rendered {
  const body = JSON.stringify({ items: items.map((item) => item.view), nextCursor });
  const tags = items.map(({ view, etag }) => `${view.id}${etag.slice(2).replaceAll('"', '.')}`).join('');
  return { body, etag: `W/"${hashOf(`${tags}${nextCursor ?? ''}`)}"` };
}

/** FNV-1a, twice with different starts: distinguishes lists, and needs no platform module. */
function hashOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193) >>> 0;
    b = Math.imul(b ^ code, 0x85ebca6b) >>> 0;
  }
  return a.toString(36) + b.toString(36);
}
