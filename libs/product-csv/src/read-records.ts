import { type CastingContext, CsvError, parse } from 'csv-parse/sync';
import { isLineEnd, LineCounter, nextLine } from './line-ends';
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
  /** The file has more records than any drop could take; they were not all read. */
  tooMany: boolean;
}

/** A file with more of them is not a file with a slip in it; and each makes the parser start anew. */
const BROKEN_RECORDS_MAX = 100;

/** 20,000 SKUs with ten pictures each are 200,000; every record takes memory. */
export const RECORDS_MAX = 400_000;

/**
 * Splits UTF-8 text into records (RFC 4180), by the csv-parse library, from the offset `start`. Records end in LF, CRLF or CR, any of which
 * may stand inside a quoted field. A record with a broken quote is reported at the line where it starts, and reading goes on at the next line:
 * an unclosed quote would otherwise swallow the rest of the file unseen.
 */
export function readRecords(bytes: Buffer, start = 0, recordsMax = RECORDS_MAX): CsvRecords {
  const lines = new LineCounter(bytes);
  const records: CsvRecord[] = [];
  const broken: Rejected[] = [];
  let offset = start;
  while (offset < bytes.length) {
    const stretch = readUntilFault(bytes.subarray(offset), recordsMax - records.length);
    for (const record of stretch.records) {
      if (record.fields.some((field) => field !== ''))
        records.push({ line: lines.at(offset + record.start), fields: record.fields });
    }
    if (stretch.tooMany) return { records, broken, tooMany: true };
    if (stretch.faultAt === null) break;
    const faultAt = offset + stretch.faultAt;
    const line = lines.at(faultAt);
    if (broken.length >= BROKEN_RECORDS_MAX) {
      const reason = `more than ${BROKEN_RECORDS_MAX} records with broken quotes: the rest of the file was not read`;
      broken.push({ line, reason });
      break;
    }
    broken.push({ line, reason: reasonOf(stretch.code) });
    offset = nextLine(bytes, faultAt);
  }
  return { records, broken, tooMany: false };
}

interface Stretch {
  records: { start: number; fields: string[] }[];
  faultAt: number | null;
  code: string;
  tooMany: boolean;
}

class TooMany extends Error {}

function readUntilFault(bytes: Buffer, recordsMax: number): Stretch {
  const records: Stretch['records'] = [];
  let end = 0;
  try {
    parse(bytes, {
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      on_record: (fields: string[], context: CastingContext) => {
        if (records.length >= recordsMax) throw new TooMany();
        records.push({ start: skipBlankLines(bytes, end), fields });
        end = (context as CastingContext & { bytes: number }).bytes; // there, but not in the library's types
        return null;
      },
    });
    return { records, faultAt: null, code: '', tooMany: false };
  } catch (error) {
    if (error instanceof TooMany) return { records, faultAt: null, code: '', tooMany: true };
    if (!(error instanceof CsvError)) throw error;
    return { records, faultAt: skipBlankLines(bytes, end), code: error.code, tooMany: false };
  }
}

/** The parser skips blank lines before a record without saying so. */
function skipBlankLines(bytes: Buffer, from: number): number {
  let start = from;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    if (isLineEnd(byte)) start = at + 1;
    else if (byte !== 0x20 && byte !== 0x09) break;
  }
  return start;
}

function reasonOf(code: string): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened but not closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote is not closed at the end of its field';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote inside an unquoted field';
    default:
      return 'the record is not valid CSV';
  }
}
