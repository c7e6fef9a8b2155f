import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The look of the few pages that the gateway writes itself. One sheet, so that its hash in the policy is one, too. */
const STYLE = `
:root{color-scheme:light dark;--ink:#1c1a17;--soft:#5c564d;--paper:#faf7f2;--card:#fff;--line:#e2dbd0;--accent:#8a3b12;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#f2ede4;--soft:#b5aca0;--paper:#171512;--card:#221f1b;--line:#3a352e;--accent:#f0a06a;--on:#1c1a17}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--paper);color:var(--ink);font:1rem/1.55 system-ui,sans-serif}
main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:1rem}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25}p{margin:0 0 1rem}.soft{color:var(--soft);font-size:.9rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1.25rem;margin:0 0 1.5rem}dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
dd.sum{font-size:1.25rem;font-weight:650}form{display:flex;flex-wrap:wrap;gap:.75rem;margin:0 0 1rem}
button,a.button{flex:1 1 9rem;min-height:2.9rem;padding:.6rem 1rem;font:inherit;font-weight:600;text-align:center;text-decoration:none;border-radius:.6rem;border:1px solid var(--accent);background:transparent;color:var(--accent);cursor:pointer}
button.main,a.button{background:var(--accent);color:var(--on)}a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}code{font-size:.95em}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Text made safe for a page. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A whole page around `body`, which is HTML already. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Holdfast</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;
}

/** No page of ours asks the browser for any of these; a script that got in must not either. */
const NOTHING_OF_THE_DEVICE = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'hid',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * The headers of a page with this policy. By hand: the helmet plugin would run two hooks, one of them asynchronous, at each request of the API
 * for the sake of four pages.
 */
export function pageHeaders(policy: Record<string, string>, cacheControl: string): Record<string, string> {
  const directives = { ...policy, 'object-src': "'none'", 'base-uri': "'none'", 'frame-ancestors': "'none'" };
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': cacheControl,
    'content-security-policy': Object.entries(directives)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': NOTHING_OF_THE_DEVICE,
    'referrer-policy': 'same-origin',
    'x-frame-options': 'DENY',
  };
}

const OWN_PAGE = pageHeaders(
  { 'default-src': "'none'", 'style-src': `'sha256-${STYLE_HASH}'`, 'form-action': "'self'" },
  'no-store',
);

export function sendHtml(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).headers(OWN_PAGE).send(page);
}

/** An address of the shop's pages, or of a person who looks for one. */
export function isPage(request: FastifyRequest): boolean {
  return request.url.startsWith('/d/') || acceptsHtml(request);
}

/** A person with a browser, and not a client of the API. */
export function acceptsHtml(request: FastifyRequest): boolean {
  return !request.url.startsWith('/v1') && (request.headers.accept ?? '').includes('text/html');
}
