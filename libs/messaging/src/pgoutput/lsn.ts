/** A position in the write-ahead log, in bytes. PostgreSQL writes it as two hexadecimal halves. */
export type Lsn = bigint;

export function parseLsn(text: string): Lsn {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
