/** The named character references of HTML 4 for U+00A0 to U+00FF, in order of their code points. */
const LATIN1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest ' +
  'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

const NAMED = new Map<string, string>([
  ...LATIN1.split(' ').map((name, at): [string, string] => [name, String.fromCodePoint(0xa0 + at)]),
  ...Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    ndash: '–',
    mdash: '—',
    lsquo: '‘',
    rsquo: '’',
    sbquo: '‚',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    dagger: '†',
    Dagger: '‡',
    bull: '•',
    hellip: '…',
    permil: '‰',
    prime: '′',
    Prime: '″',
    lsaquo: '‹',
    rsaquo: '›',
    euro: '€',
    trade: '™',
    larr: '←',
    uarr: '↑',
    rarr: '→',
    darr: '↓',
    minus: '−',
    infin: '∞',
    asymp: '≈',
    ne: '≠',
    le: '≤',
    ge: '≥',
    hearts: '♥',
    OElig: 'Œ',
    oelig: 'œ',
    Scaron: 'Š',
    scaron: 'š',
    Yuml: 'Ÿ',
    fnof: 'ƒ',
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    zwnj: '',
    zwj: '',
    tilde: '˜',
    circ: 'ˆ',
  }),
]);

const UNSEEN = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'svg', 'head', 'title']);
const BREAKS = new Set(
  'address article aside blockquote br dd div dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul'.split(
    ' ',
  ),
);

/**
 * The text of a product description: tags away, blocks as lines, list items with a bullet, character references decoded.
 * The answer is plain text and must be shown as text: a decoded `&lt;b&gt;` is the characters, never a tag. One pass, so that no body can be slow.
 */
export function htmlToText(html: string): string {
  let text = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) break;
    text += html.slice(at, open).replace(/\s+/g, ' ');
    const tag = readTag(html, open);
    text += tag.shown;
    at = tag.end;
  }
  return tidy(decodeReferences(text + html.slice(at).replace(/\s+/g, ' ')));
}

interface Tag {
  shown: string;
  end: number;
}

function readTag(html: string, open: number): Tag {
  if (html.startsWith('<!--', open)) return { shown: '', end: after(html, '-->', open + 4) };
  const name = /^<(\/?)([a-z][a-z0-9]*)/i.exec(html.slice(open, open + 32));
  if (!name && !/^<[!?]/.test(html.slice(open, open + 2))) return { shown: '<', end: open + 1 };
  const end = after(html, '>', open);
  const word = name?.[2]?.toLowerCase() ?? '';
  const closing = name?.[1] === '/';
  if (!closing && UNSEEN.has(word)) return { shown: ' ', end: afterClosing(html, word, end) };
  if (word === 'li' && !closing) return { shown: '\n• ', end };
  if (word === 'td' || word === 'th') return { shown: ' ', end };
  return { shown: BREAKS.has(word) ? '\n' : '', end };
}

/** The place behind `mark`, or the end of the text: what is never closed is not shown. */
function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found < 0 ? html.length : found + mark.length;
}

function afterClosing(html: string, word: string, from: number): number {
  const closing = new RegExp(`</${word}`, 'gi');
  closing.lastIndex = from;
  return closing.test(html) ? after(html, '>', closing.lastIndex) : html.length;
}

function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,9}));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return NAMED.get(name as string) ?? whole;
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex as string, 16);
      return isText(code) ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

function isText(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && !(code >= 0x7f && code < 0xa0))
  );
}

function tidy(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, '') // controls are never text
    .split('\n')
    .map((line) => line.replace(/[\s\u00a0]+/g, ' ').trim())
    .filter((line) => line !== '' && line !== '•')
    .join('\n');
}
