/** What a `datetime-local` field holds, which is in the person's own time zone, as the API writes moments. */
export function instantOf(local: string): string {
  return new Date(local).toISOString();
}

/** A moment of the API as a `datetime-local` field holds it. */
export function localOf(instant: string | null): string {
  if (instant === null) return '';
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
