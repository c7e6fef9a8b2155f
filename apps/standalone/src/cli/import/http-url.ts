const URL_LENGTH_MAX = 2000;

/** Only addresses that a page may load a picture from; anything else (`javascript:`, a file name) is no picture. */
export function httpUrl(text: string): string | null {
  if (text.length > URL_LENGTH_MAX || !/^https?:\/\//i.test(text)) return null;
  return URL.canParse(text) ? new URL(text).toString() : null;
}
