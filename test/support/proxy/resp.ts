/** Where the value that begins at `from` ends, or -1 when its bytes are not all there. RESP2, which is what the client speaks. */
export function replyEnd(bytes: Buffer, from: number): number {
  const lineEnd = bytes.indexOf('\r\n', from, 'latin1');
  if (from >= bytes.length || lineEnd < 0) return -1;
  const kind = String.fromCharCode(bytes[from]!);
  const next = lineEnd + 2;
  if (kind !== '$' && kind !== '*') return next;
  const count = Number(bytes.toString('latin1', from + 1, lineEnd));
  if (count < 0) return next;
  if (kind === '$') return next + count + 2 <= bytes.length ? next + count + 2 : -1;
  let end = next;
  for (let i = 0; i < count && end >= 0; i += 1) end = replyEnd(bytes, end);
  return end;
}

/** A command as the words that it was sent with. */
export function wordsOf(command: Buffer): string[] {
  const words: string[] = [];
  let at = command.indexOf('\r\n') + 2;
  while (at < command.length && at > 1) {
    const lineEnd = command.indexOf('\r\n', at);
    const length = Number(command.toString('latin1', at + 1, lineEnd));
    words.push(command.toString('utf8', lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + 2 + length + 2;
  }
  return words;
}

/** A value as Redis writes it: numbers, texts, null and lists of them. */
export function encodeReply(value: unknown): Buffer {
  if (Array.isArray(value))
    return Buffer.concat([Buffer.from(`*${value.length}\r\n`), ...value.map((each) => encodeReply(each))]);
  if (typeof value === 'number') return Buffer.from(`:${value}\r\n`);
  if (value === null || value === undefined) return Buffer.from('$-1\r\n');
  const text = Buffer.from(String(value));
  return Buffer.concat([Buffer.from(`$${text.length}\r\n`), text, Buffer.from('\r\n')]);
}
