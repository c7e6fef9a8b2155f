import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '@holdfast/contracts';
import { type CsvCell, csvRecord } from '@holdfast/kernel';
import type { Download } from './download';

const ENTRIES_MAX = 20; // a browser names five

/** Whether a client would rather have CSV than JSON (RFC 9110, section 12.5.1). Who takes anything gets JSON. */
export function wantsCsv(request: FastifyRequest): boolean {
  const { accept } = request.headers;
  if (accept === undefined) return false;
  const weights = new Map<string, number>();
  for (const entry of accept.split(',', ENTRIES_MAX)) {
    const match = /^\s*([\w*.+-]+\/[\w*.+-]+)\s*(?:;(.*))?$/.exec(entry);
    if (match) weights.set(match[1]!.toLowerCase(), weightOf(match[2] ?? ''));
  }
  const csv = weights.get('text/csv') ?? weights.get('text/*') ?? 0;
  const json = weights.get('application/json') ?? weights.get('application/*') ?? weights.get('*/*') ?? 0;
  // Named first of two that are wanted alike: CSV is only ever asked for on purpose.
  return csv > 0 && csv >= json;
}

function weightOf(parameters: string): number {
  const weight = /(?:^|;)\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(parameters);
  return weight ? Number(weight[1]) : 1;
}

/** A kind of table: its columns, and the rows of one thing. */
export interface CsvTable<T> {
  name: string;
  columns: readonly string[];
  rows: (item: T) => CsvCell[][];
}

/** Whole lists are read in pages of this size: few enough calls, and half a megabyte of a page at most. */
export const CSV_PAGE = 200;

/**
 * Sends a list as CSV: a head and every row. Pages are read while the client takes them, so memory is bounded by one page. The first page is
 * there already; a fault on a later one cuts the answer, which has not ended properly then.
 */
export function sendCsv<T>(
  download: Download,
  request: FastifyRequest,
  reply: FastifyReply,
  table: CsvTable<T>,
  first: Page<T>,
  next: (cursor: string) => Promise<Page<T> | null> = () => Promise.resolve(null),
): void {
  const text = ({ items }: Page<T>) => items.flatMap(table.rows).map(csvRecord).join('');
  async function* pages(): AsyncGenerator<string> {
    yield csvRecord(table.columns) + text(first);
    for (let page: Page<T> | null = first; page?.nextCursor;) {
      page = await next(page.nextCursor);
      if (page && page.items.length > 0) yield text(page);
    }
  }
  reply
    .code(200)
    .header('cache-control', 'no-store')
    .header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${table.name}.csv"`)
    .header('vary', 'Accept');
  download.send(request, reply, pages());
}
