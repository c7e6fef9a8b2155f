const CURSOR = /^seq:([1-9]\d{0,14})$/;

/** The position in a list whose items are numbered. Opaque, as every cursor. */
export function encodeSeq(seq: number): string {
  return Buffer.from(`seq:${seq}`).toString('base64url');
}

/** Null: no list has issued this cursor. */
export function decodeSeq(cursor: string): number | null {
  const seq = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  return seq !== undefined && encodeSeq(Number(seq)) === cursor ? Number(seq) : null;
}
