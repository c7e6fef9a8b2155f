import { htmlToText } from './html-to-text';

describe('htmlToText', () => {
  it.each([
    [
      '<p>Soft &amp; heavy.</p>\n<p>Made in Porto&nbsp;&ndash; 100&#37; cotton</p>',
      'Soft & heavy.\nMade in Porto – 100% cotton',
    ],
    ['<ul><li>One</li>\n<li>Two<br/>lines</li></ul>', '• One\n• Two\nlines'],
    ['a<b>b</b>c', 'abc'],
    ['no tags, 5 < 6 and 7 > 6', 'no tags, 5 < 6 and 7 > 6'],
    ['<script>alert(1)</script><style>p{}</style>text<!-- hidden --> too', 'text too'],
    ['&lt;script&gt;', '<script>'],
    ['&#0;&#xD800;&#128512;&unknown;&copy;', '\ufffd\ufffd😀&unknown;©'],
    ['<p title="a>b">x', 'b">x'],
    ['', ''],
  ])('%j', (html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it.each(['<', '<a', '<!--', '<script>', '</script', '&#', '<li>', '< ', '\n<br>'])(
    'stays quick on half a million times %j',
    (part) => {
      // What it computes, and not how long it waits for a core of a busy machine.
      const before = process.cpuUsage();
      htmlToText(part.repeat(500_000));
      expect(process.cpuUsage(before).user / 1e3).toBeLessThan(5_000);
    },
  );
});
