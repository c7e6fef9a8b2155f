/** The sandbox's bank is a page of the shop itself, see `GET /sandbox/3ds/{reference}`. */
const OWN_BANK = '/sandbox/';

/**
 * Where the shopper is sent to confirm a payment; undefined when the address is no page of the web (`javascript:`).
 * The shop's own bank page is opened under the name by which the shopper came: another name for the same machine (`localhost`,
 * `127.0.0.1`) would be another origin, and the session would be lost on the way back.
 */
export function bankAddress(url: string | undefined, here: string): string | undefined {
  if (url === undefined || !URL.canParse(url, here)) return undefined;
  const { protocol, pathname, search, href } = new URL(url, here);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return pathname.startsWith(OWN_BANK) ? pathname + search : href;
}
