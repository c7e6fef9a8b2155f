import { createHash } from 'node:crypto';
import { type Rehearsal, type RehearsalEvidence, type RehearsalSecond } from '@holdfast/contracts';
import { sampleEvidence, sampleNoGo, sampleRehearsal } from '@holdfast/testing';
import { renderReport, REPORT_POLICY } from './render-report';

const AWKWARD = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  `"><img src=x onerror=alert(1)> ' onload='x`,
  'معطف الشتاء \u202e reversed',
  'long'.repeat(75),
  'a\u0000b\u001b[31mc\ud800',
];

const report = (rehearsal: Rehearsal, evidence: RehearsalEvidence | null = sampleEvidence()) =>
  renderReport({ rehearsal, evidence });

/** What the page carries for programs. */
function dataOf(html: string): unknown {
  const [, text] = /<script type="application\/json" id="rehearsal">(.*?)<\/script>/s.exec(html)!;
  return JSON.parse(text!) as unknown;
}

describe('the report of a rehearsal', () => {
  it('says the verdict in one sentence, with the promise that broke and by how much', () => {
    expect(report(sampleRehearsal())).toContain('All 9 promises held with 5,000 shoppers in 30 seconds.');
    const broken = report(sampleNoGo());
    expect(broken).toContain('✗ No-go</strong>');
    expect(broken).toContain('Holds were answered too slowly (hold-p99: 1.81 s, promised: at most 1 s).');
    expect(broken).toContain('−81 %');
  });

  it('loads nothing and runs nothing, and its policy allows its own style sheet alone', () => {
    const html = report(sampleRehearsal());
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="rehearsal">']);
    expect(html).not.toMatch(/ (src|href|style|on\w+)=|url\(|@import|<(img|link|iframe|form)\b/i);
    const [, style] = /<style>(.*?)<\/style>/s.exec(html)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    expect(REPORT_POLICY).toContain(`style-src 'sha256-${hash}';`);
    expect(REPORT_POLICY).toContain("default-src 'none'");
  });

  it('carries what it was made of as JSON, and is the same for the same input', () => {
    const rehearsal = sampleNoGo();
    const evidence = sampleEvidence();
    expect(dataOf(report(rehearsal, evidence))).toEqual({ rehearsal, evidence });
    expect(report(rehearsal, evidence)).toBe(report(sampleNoGo(), sampleEvidence()));
  });

  it.each(AWKWARD)('shows %j as text wherever others wrote it', (text) => {
    const evidence = sampleEvidence({
      checks: [{ says: text, ok: false, detail: text }],
      faults: [{ target: 'kafka', how: text, fromSecond: 3, toSecond: 4, recoveredAfterMs: null }],
      rates: [{ perMinute: 1, ok: false, broke: text }],
      seconds: sampleEvidence().seconds.map((it) => ({ ...it, cpu: { [text]: 0.5 } })),
    });
    evidence.drop.name = text;
    Object.assign(evidence.machine, { cpuModel: text, platform: text, node: text, generator: text });
    const rehearsal = sampleNoGo({
      detail: text,
      refused: { [text]: 3 },
      bottleneck: { what: text, evidence: text },
      verify: { ok: false, invariants: [{ name: text, checked: 1, broken: 1 }] },
      promises: sampleNoGo().promises.map((it) => ({ ...it, unit: text })),
    });
    rehearsal.settings.like = { dropId: text, times: 2 };
    rehearsal.settings.target = text;
    const html = report(rehearsal, evidence);
    // No element and no attribute came from the text: the page has those of a page with a harmless text.
    const plain = JSON.parse(
      JSON.stringify({ rehearsal, evidence }).replaceAll(JSON.stringify(text), '"plain"'),
    );
    expect(tagsOf(html)).toEqual(tagsOf(renderReport(plain)));
    expect(html).not.toMatch(/[\u0000-\u0008\u001b]/);
    expect(dataOf(html)).toEqual({ rehearsal, evidence });
  });

  it('is made for a rehearsal that failed before it measured anything', () => {
    const failed = sampleRehearsal({
      state: 'failed',
      verdict: null,
      promises: [],
      detail: 'The generator could not keep up.',
      steps: {},
      safeAdmissionPerMinute: null,
      endedAt: null,
      verify: null,
    });
    const html = report(failed, null);
    expect(html).toContain('The generator could not keep up.');
    expect(html).toContain('after 5,000 of 5,000 shoppers had arrived');
    const nobody = report({ ...failed, offered: { shoppers: 0, perSecondMax: 0 } }, null);
    expect(nobody).toContain('before its first shopper arrived');
    expect(html).not.toContain('<figure>');
    const silent = report(failed, sampleEvidence({ seconds: [], rates: [], faults: [], checks: [] }));
    expect(silent).not.toContain('<figure>');
    expect(silent).toContain('The ledger was not verified.');
    expect(silent).toContain('No rate was tried.');
  });

  it('marks faults and the end of stock on the time line, and says what they were', () => {
    const html = report(sampleRehearsal());
    expect(html.match(/class="stretch"/g)).toHaveLength(4);
    expect(html.match(/class="moment"/g)).toHaveLength(4);
    expect(html).toContain('<b>A</b> Fault: redis paused from 8 s to 11 s; recovered after 1.83 s.');
    expect(html).toContain('<b>S</b> Sold out after 11.4 s.');
  });

  it('stays small after half an hour, and still shows its worst second', () => {
    const seconds = Array.from({ length: 2_100 }, (_, second): RehearsalSecond => {
      const holdP99Ms = second === 1_234 ? 9_876 : 20;
      return { ...sampleEvidence().seconds[5]!, second, holdP99Ms };
    });
    const html = report(sampleRehearsal(), sampleEvidence({ seconds }));
    const withoutData = html.replace(/<script.*<\/script>/s, '');
    expect(withoutData.length).toBeLessThan(120_000);
    expect(html).toContain('hold p99: at most 9.88 s');
  });
});

it('draws no zero where a second was not kept', () => {
  const every = sampleEvidence().seconds.map((it) => ({ ...it, offered: 40 }));
  const thinned = every.filter((_, i) => i % 4 === 0);
  const says = (seconds: RehearsalSecond[]) => report(sampleRehearsal(), sampleEvidence({ seconds }));
  expect(says(thinned)).toContain('At most 40 arrivals');
  expect(says(thinned)).toContain('A point stands for 4 seconds');
  const [, path] = /<path class="line look-1" d="([^"]*)"\/>/.exec(says(thinned))!;
  // A flat line: one height, and no gap.
  const heights = path!.match(/[ML][\d.]+ [\d.]+/g)!.map((it) => it.split(' ')[1]);
  expect([heights.length, new Set(heights).size]).toEqual([thinned.length, 1]);
  expect(path!.match(/M/g)).toHaveLength(1);
  // The same where points have several kept seconds.
  const long = Array.from({ length: 1_600 }, (_, second) => ({ ...every[0]!, second }));
  expect(says(long.filter((_, i) => i % 2 === 0))).toContain('At most 40 arrivals');
});

const tagsOf = (html: string) =>
  html
    .replace(/<script type="application\/json".*<\/script>/s, '')
    // The widths of marks depend on nothing but times.
    .match(/<[^>]*>/g)!
    .map((tag) => tag.replace(/"[^"]*"/g, '""'));
