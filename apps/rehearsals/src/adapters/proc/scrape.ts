import { request } from 'undici';

const TIMEOUT_MS = 800; // a sample a second
const BYTES_MAX = 4 * 1024 * 1024;

/** The figures without labels of a process's `/metrics`; null: it did not answer in time. */
export async function scrape(
  origin: string,
  headers: Record<string, string>,
): Promise<Map<string, number> | null> {
  try {
    const options = { headers, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
    const { statusCode, body } = await request(`${origin}/metrics`, options);
    const text = await body.text();
    return statusCode === 200 && text.length < BYTES_MAX ? figuresIn(text) : null;
  } catch {
    return null;
  }
}

export function figuresIn(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, name, value] of text.matchAll(/^([a-z_:][\w:]*) (\S+)$/gim)) found.set(name!, Number(value));
  return found;
}
