import { LineCounter } from './line-ends';

export type DecodedFile = { kind: 'text'; bytes: Buffer } | { kind: 'fault'; reason: string };

const SAMPLE_BYTES = 4096;
const UTF16_NUL_SHARE = 0.2; // Latin text in UTF-16 is half NULs; a stray NUL in UTF-8 is far below

/** Checks that the bytes are UTF-8 and takes a byte order mark off. Says in plain words what the file is when it is not. */
export function decodeFile(bytes: Buffer): DecodedFile {
  if (bytes.length === 0) return fault('the file is empty');
  if (isUtf16(bytes)) return fault('the file is UTF-16: save it as "CSV UTF-8" and import it again');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03)
    return fault('the file is a spreadsheet or an archive, not CSV: save it as "CSV UTF-8" and import that');
  const text = bytes.subarray(0, 3).equals(BOM) ? bytes.subarray(3) : bytes;
  const wrong = firstInvalidByte(text);
  if (wrong !== null)
    return fault(
      `the file is not UTF-8 (first wrong byte in line ${new LineCounter(text).at(wrong)}): save it as "CSV UTF-8" and import it again`,
    );
  return { kind: 'text', bytes: text };
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

function fault(reason: string): DecodedFile {
  return { kind: 'fault', reason };
}

function isUtf16(bytes: Buffer): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const nuls = sample.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return nuls > sample.length * UTF16_NUL_SHARE;
}

/** Where the bytes stop being UTF-8, or null. Halves the stretch that holds the fault, so the whole file is read about twice. */
function firstInvalidByte(bytes: Buffer): number | null {
  if (isUtf8(bytes)) return null;
  let from = 0;
  let to = bytes.length;
  while (to - from > 8) {
    const middle = startOfCharacter(bytes, from + ((to - from) >> 1));
    if (middle <= from) break;
    if (isUtf8(bytes.subarray(from, middle))) from = middle;
    else to = middle;
  }
  return from;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A character takes four bytes at most: three continuation bytes to step over. */
function startOfCharacter(bytes: Buffer, at: number): number {
  let start = at;
  while (start > at - 3 && start > 0 && (bytes[start]! & 0xc0) === 0x80) start -= 1;
  return start;
}
