import { type CastingContext, type CsvError, parse } from 'csv-parse/sync';
import type { Rejected } from './rejected';

/** One record of the file, its fields trimmed. */
export interface CsvRecord {
  /** Where it starts; a quoted field may run over many lines. */
  line: number;
  fields: string[];
}

export interface CsvRecords {
  records: CsvRecord[];
  /** Records whose quotes do not match, so that nobody can say where their fields end. */
  broken: Rejected[];
}

/** A file with more of them is not a file with a slip in it; and each makes the parser start anew. */
const BROKEN_RECORDS_MAX = 100;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Splits UTF-8 text into records (RFC 4180), by the csv-parse library. A record with a broken quote is reported at the line where
 * it starts, and reading goes on at the next line: an unclosed quote would otherwise swallow the rest of the file unseen.
 */
export function readRecords(bytes: Buffer): CsvRecords {
  // In a file with line feeds a lone carriage return is text, as editors show it; only old files end lines with nothing else.
  const newline = bytes.includes(LF) ? LF : CR;
  const lines = new LineCounter(bytes, newline);
  const records: CsvRecord[] = [];
  const broken: Rejected[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const stretch = readUntilFault(bytes.subarray(offset), newline);
    for (const { start, fields } of stretch.records) {
      if (fields.some((field) => field !== '')) records.push({ line: lines.at(offset + start), fields });
    }
    if (stretch.faultAt === null) break;
    const start = offset + stretch.faultAt;
    broken.push({ line: lines.at(start), reason: reasonOf(stretch.code) });
    if (broken.length >= BROKEN_RECORDS_MAX) break;
    const end = bytes.indexOf(newline, start);
    if (end < 0) break;
    offset = end + 1;
  }
  return { records, broken };
}

interface Stretch {
  records: { start: number; fields: string[] }[];
  faultAt: number | null;
  code: string;
}

function readUntilFault(bytes: Buffer, newline: number): Stretch {
  const records: Stretch['records'] = [];
  let end = 0;
  try {
    parse(bytes, {
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      record_delimiter: newline === LF ? ['\r\n', '\n'] : ['\r'],
      on_record: (fields: string[], context: CastingContext) => {
        records.push({ start: skipBlankLines(bytes, end), fields });
        end = (context as CastingContext & { bytes: number }).bytes; // there, but not in the library's types
        return null;
      },
    });
    return { records, faultAt: null, code: '' };
  } catch (error) {
    const { code } = error as CsvError;
    if (code === undefined) throw error;
    return { records, faultAt: skipBlankLines(bytes, end), code };
  }
}

/** The parser skips blank lines before a record without saying so. */
function skipBlankLines(bytes: Buffer, from: number): number {
  let start = from;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (byte === LF || byte === CR) start = at + 1;
    else if (byte !== 0x20 && byte !== 0x09) break;
  }
  return start;
}

function reasonOf(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote is not closed where its field ends';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote inside a field that does not begin with one';
    default:
      return 'the record cannot be read as CSV';
  }
}

/** Line numbers of growing offsets, counted once over the file. */
class LineCounter {
  private offset = 0;
  private line = 1;

  constructor(
    private readonly bytes: Buffer,
    private readonly newline: number,
  ) {}

  at(offset: number): number {
    for (; this.offset < offset; this.offset += 1) {
      if (this.bytes[this.offset] === this.newline) this.line += 1;
    }
    return this.line;
  }
}
