const LF = 0x0a;
const CR = 0x0d;

/** LF, CRLF and CR each end a line, inside a cell as well: so do editors count. */
export function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

/** Where the line that holds `at` ends: the place of its line end, or the end of the file. */
export function endOfLine(bytes: Buffer, at: number): number {
  for (let end = at; end < bytes.length; end += 1) if (isLineEnd(bytes[end])) return end;
  return bytes.length;
}

/** Where the next line begins, or the end of the file. */
export function nextLine(bytes: Buffer, at: number): number {
  const end = endOfLine(bytes, at);
  const pair = bytes[end] === CR && bytes[end + 1] === LF;
  return Math.min(end + (pair ? 2 : 1), bytes.length);
}

/** Line numbers of growing offsets, counted once over the file. */
export class LineCounter {
  private offset = 0;
  private line = 1;

  constructor(private readonly bytes: Buffer) {}

  at(offset: number): number {
    for (; this.offset < offset; this.offset += 1) {
      const byte = this.bytes[this.offset];
      // Of a CRLF the LF is counted.
      if (byte === LF || (byte === CR && this.bytes[this.offset + 1] !== LF)) this.line += 1;
    }
    return this.line;
  }
}
