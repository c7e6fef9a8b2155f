/** The text, at most `lengthMax` UTF-16 units long, never ending in half a character: PostgreSQL could not store that. */
export function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).replace(/[\ud800-\udbff]$/, '');
}

/** The same with an ellipsis for a reader. */
export function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${cut(text, lengthMax - 1)}…`;
}
