import type { RehearsalPromise } from '@holdfast/contracts';
import { sampleNoGo, sampleRehearsal } from '@holdfast/testing';
import { limitWords, margin, measuredWords, moreWords, repeatCommand, verdictSentence } from './verdict';

const promise = (changes: Partial<RehearsalPromise>): RehearsalPromise => ({
  name: 'hold-p99',
  limit: 500,
  measured: 400,
  unit: 'ms',
  ok: true,
  ...changes,
});

const demand = (limit: number, measured: number, ok: boolean) =>
  promise({ name: 'sold-out-or-demand-met', limit, measured, unit: '%', ok });

describe('a promise in words', () => {
  it.each([
    [promise({}), 'at most 500 ms', 0.2],
    [promise({ measured: 750, ok: false }), 'at most 500 ms', -0.5],
    [demand(10, 12, true), 'at least 10 %', 0.2],
    [demand(10, 5, false), 'at least 10 %', -0.5],
    [promise({ measured: 500 }), 'at most 500 ms', 0],
    [promise({ limit: 0, measured: 0, unit: 'units' }), 'none', null],
    [promise({ limit: 0, measured: 3, unit: 'units', ok: false }), 'none', null],
    [promise({ measured: 0, ok: false }), 'at most 500 ms', null],
  ])('%j: %s, margin %p', (it, words, share) => {
    expect(limitWords(it)).toBe(words);
    expect(margin(it)).toEqual(share);
  });
});

describe('what was measured', () => {
  it('is said to be missing where a promise is broken within its limit', () => {
    expect(measuredWords(promise({}))).toBe('400 ms');
    expect(measuredWords(promise({ measured: 0, ok: false }))).toBe('not measured');
    expect(measuredWords(promise({ name: 'recovers-after-fault', measured: 0, ok: false }))).toBe('never');
  });
});

describe('the verdict in one sentence', () => {
  it('names the first broken promise with its figures, and the others by name', () => {
    const promises = sampleNoGo().promises.map((it) =>
      ['pay-p99', 'no-oversell'].includes(it.name) ? { ...it, measured: it.limit + 2, ok: false } : it,
    );
    expect(verdictSentence(sampleNoGo({ promises }))).toBe(
      'No-go: more units were granted than there are (no-oversell: 2 units, promised: none); hold-p99 and pay-p99 broke as well.',
    );
  });

  it.each([
    [{ state: 'running', verdict: null, progress: 0.4 }, 'No verdict yet: the rehearsal is running (40 %).'],
    [{ state: 'stopped', verdict: null, progress: 0.7 }, 'No verdict: the rehearsal was stopped at 70 %.'],
    [{ state: 'failed', verdict: null, detail: 'No verdict: k6 is slow. ' }, 'No verdict: k6 is slow.'],
    [{ state: 'failed', verdict: null, detail: '' }, 'No verdict: the rehearsal failed.'],
    [{ verdict: 'go' }, 'Go: all 9 promises held with 5,000 shoppers in 30 seconds.'],
  ] as const)('%j: %s', (changes, sentence) => {
    expect(verdictSentence(sampleRehearsal(changes))).toBe(sentence);
  });
});

describe('what the runner says beyond the verdict', () => {
  const limited = 'The safe rate is what the generator could send: the product may bear more.';

  it.each([
    [sampleRehearsal(), ''],
    [sampleRehearsal({ detail: `Go: all 9 promises were kept. ${limited}` }), limited],
    [sampleNoGo(), 'hold-p99, a hold was answered after 1812 ms (p99).'],
    [sampleRehearsal({ state: 'failed', verdict: null, detail: 'k6 is slow.' }), ''],
  ])('case %#: %j', (rehearsal, words) => expect(moreWords(rehearsal)).toBe(words));
});

describe('the command that repeats a rehearsal', () => {
  it('has every setting that matters', () => {
    const { settings } = sampleRehearsal();
    expect(repeatCommand(sampleRehearsal())).toBe(
      'npx holdfast rehearse --drop dabc1234 --profile spike --shoppers 5000 --duration 30 --seed 42 --faults redis',
    );
    const all = {
      ...settings,
      faults: ['redis' as const, 'kafka' as const],
      like: { dropId: 'dpast123', times: 1.5 },
      whileSelling: true,
      target: 'http://[::1]:3000',
    };
    expect(repeatCommand(sampleRehearsal({ settings: all }))).toMatch(
      / --faults redis,kafka --like dpast123 --times 1\.5 --while-selling --target 'http:\/\/\[::1\]:3000' --i-own-this-target$/,
    );
  });

  it('quotes what a shell would read in another way', () => {
    const { settings } = sampleRehearsal();
    const target = "http://x/'$(rm -rf ~)'";
    expect(repeatCommand(sampleRehearsal({ settings: { ...settings, target } }))).toContain(
      String.raw`--target 'http://x/'\''$(rm -rf ~)'\''' --i-own-this-target`,
    );
  });
});
