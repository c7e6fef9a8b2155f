const URL_LENGTH_MAX = 2000;

/**
 * The address that a page may load a picture from, or null: anything but the web (`javascript:`, a file name) is no picture. The pages' policy
 * takes pictures over https alone, and a browser would block others on an https page; so `http:` and `//` become `https:`.
 */
export function pictureUrl(text: string): string | null {
  const match = /^(?:https?:)?\/\/(?=[^/])(.*)$/is.exec(text);
  if (text.length > URL_LENGTH_MAX || !match) return null;
  const address = `https://${match[1]}`;
  if (!URL.canParse(address)) return null;
  const { href } = new URL(address);
  return href.length > URL_LENGTH_MAX ? null : href;
}

/** The file names an address over http, and https was put in its place. */
export function isUnsafePicture(text: string): boolean {
  return /^http:/i.test(text) && pictureUrl(text) !== null;
}
