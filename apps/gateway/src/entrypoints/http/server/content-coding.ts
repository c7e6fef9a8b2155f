import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip';

const PREFERRED: readonly Coding[] = ['br', 'gzip'];

/** The coding that a client asks for (RFC 9110, section 12.5.3), or null for the text as it is. Of equally wanted ones br: smaller, for less work. */
export function codingFor(header: string | undefined): Coding | null {
  if (header === undefined) return null;
  const wanted = weights(header);
  const others = wanted.get('*') ?? 0;
  const identity = wanted.get('identity') ?? 0;
  let best: { coding: Coding | null; weight: number } = { coding: null, weight: identity };
  for (const coding of PREFERRED) {
    const weight = wanted.get(coding) ?? others;
    if (weight > 0 && (weight > best.weight || (best.coding === null && weight === best.weight)))
      best = { coding, weight };
  }
  return best.coding;
}

const ENTRIES_MAX = 20; // a browser names five

function weights(header: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const entry of header.split(',', ENTRIES_MAX)) {
    const match = /^\s*([\w*!#$%&'+.^`|~-]+)\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(entry);
    if (match) found.set(match[1]!.toLowerCase().replace(/^x-gzip$/, 'gzip'), Number(match[2] ?? 1));
  }
  return found;
}

const TEXT_BYTES_MIN = 1_024; // below it an answer fits into one packet anyhow

/**
 * More at once would only wait for one another, and keep the threads from what else they do. Whoever comes then gets the text as it is.
 */
const IN_FLIGHT_MAX = 2;

// The quickest levels: 1.4 MB (5,000 SKUs) take br 4 ms and gzip 7 ms of a thread and become a tenth; the best levels halve that for ten
// times the work, and a text of counts is kept for a tenth of a second only.
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const GZIP = { level: 1 };

const compress: Record<Coding, (text: string) => Promise<Buffer>> = {
  br: (text) => promisify(brotliCompress)(text, BROTLI) as Promise<Buffer>,
  gzip: (text) => promisify(gzip)(text, GZIP) as Promise<Buffer>,
};

/** A text that many are sent. Its identity is the key: a new text is a new object. */
export interface Text {
  readonly body: string;
}

/** Compresses each text once for all who ask for it, away from the main thread; what it made goes with the text. */
export class CompressedTexts {
  private readonly made = new WeakMap<Text, Map<Coding, Promise<Buffer | null>>>();
  private inFlight = 0;
  /** How often something was compressed. */
  count = 0;

  /** Null: send it as it is. */
  async get(text: Text, coding: Coding): Promise<Buffer | null> {
    if (text.body.length < TEXT_BYTES_MIN) return null;
    const codings = this.made.get(text) ?? new Map<Coding, Promise<Buffer | null>>();
    this.made.set(text, codings);
    const known = codings.get(coding);
    if (known) return known;
    if (this.inFlight >= IN_FLIGHT_MAX) return null;
    const making = this.make(text, coding);
    codings.set(coding, making);
    return making;
  }

  private async make(text: Text, coding: Coding): Promise<Buffer | null> {
    this.inFlight += 1;
    this.count += 1;
    try {
      return await compress[coding](text.body);
    } catch {
      return null; // out of memory, say: the text itself is there
    } finally {
      this.inFlight -= 1;
    }
  }
}
