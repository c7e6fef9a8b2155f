import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { auditKeyOf } from '@holdfast/contracts';
import {
  type Exported,
  hashOf,
  madeRecords,
  rechained,
  sealOf,
  toLines,
} from '../../../../test/support/audit-export';
import { ExportVerifier, type VerifyWith } from './export-verifier';
import type { Line } from './read-line';

const { privateKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
const key = auditKeyOf(privateKey);
const keys = new Map([[key.kid, key.x]]);
const RECORDS = madeRecords(12);
const SEAL = sealOf(RECORDS, privateKey);
const LINES = toLines(RECORDS, SEAL);
/** Made when there were eight records. */
const KEPT = sealOf(RECORDS.slice(0, 8), privateKey) as unknown as Line;

function verify(lines: readonly string[], options: VerifyWith = {}) {
  const verifier = new ExportVerifier(options);
  for (const line of lines) verifier.add(line);
  return verifier.verdict();
}

describe('an export that nobody touched', () => {
  it.each([
    ['by itself', LINES, {}],
    ['with the public keys', LINES, { keys }],
    ['with an older checkpoint', LINES, { checkpoints: [KEPT] }],
    ['with the last checkpoint', LINES, { keys, checkpoints: [SEAL as unknown as Line] }],
    [
      'written anew by another program',
      LINES.map((line) => JSON.stringify(JSON.parse(line), null, 1).replaceAll('\n', ' ')),
      {},
    ],
    ['with its line breaks changed', LINES.map((line) => `${line}\r`), {}],
  ])('is in order %s', (_, lines, options) => {
    expect(verify(lines, options)).toEqual({
      ok: true,
      records: 12,
      keyFingerprint: key.kid,
      firstBroken: null,
    });
  });

  it('of no records is in order', () => {
    expect(verify(toLines([], sealOf([], privateKey)))).toMatchObject({ ok: true, records: 0 });
  });
});

describe('what is wrong is named with its line', () => {
  const edited = { ...RECORDS[4]!, action: 'drop.opened' };
  const withHash = { ...edited, hash: hashOf(edited) };
  const replaced = (at: number, by: object) =>
    toLines(
      RECORDS.map((it, i) => (i === at ? by : it)),
      SEAL,
    );
  it.each<[string, string[], VerifyWith, { seq: number | null; line: number }, string]>([
    ['an edited record', replaced(4, edited), {}, { seq: 5, line: 5 }, 'was edited'],
    ['an edited record with a new hash', replaced(4, withHash), {}, { seq: 6, line: 6 }, 'does not continue'],
    ['a removed record', LINES.filter((_, i) => i !== 4), {}, { seq: 6, line: 5 }, 'record 5 is missing'],
    [
      'a removed last record',
      LINES.filter((_, i) => i !== 11),
      {},
      { seq: null, line: 12 },
      'were cut or added',
    ],
    [
      'two exchanged records',
      [...LINES.slice(0, 4), LINES[5]!, LINES[4]!, ...LINES.slice(6)],
      {},
      { seq: 6, line: 5 },
      'out of order',
    ],
    ['a repeated record', [...LINES.slice(0, 5), ...LINES.slice(4)], {}, { seq: 5, line: 6 }, 'is repeated'],
    ['no checkpoint', LINES.slice(0, -1), {}, { seq: null, line: 13 }, 'is missing'],
    [
      'a record after the checkpoint',
      [...LINES, LINES[0]!],
      {},
      { seq: 1, line: 14 },
      'stands after the checkpoint',
    ],
    [
      'an edited checkpoint',
      toLines(RECORDS, { ...SEAL, at: '2026-02-02T00:00:00.000Z' }),
      {},
      { seq: null, line: 13 },
      'signature',
    ],
    [
      'a chain made anew',
      toLines(rechained(RECORDS.slice(1)), SEAL),
      {},
      { seq: null, line: 12 },
      'were cut or added',
    ],
    [
      'a chain and a key of somebody else',
      toLines(rechained(RECORDS.slice(1)), sealOf(rechained(RECORDS.slice(1)), stranger)),
      { keys },
      { seq: null, line: 12 },
      'key',
    ],
    [
      'the same without the keys, but with an older checkpoint',
      toLines(RECORDS, sealOf(RECORDS, stranger)),
      { checkpoints: [KEPT] },
      { seq: null, line: 13 },
      'another key',
    ],
    [
      'a chain cut and sealed again',
      toLines(RECORDS.slice(0, 5), sealOf(RECORDS.slice(0, 5), privateKey)),
      { checkpoints: [KEPT] },
      { seq: null, line: 6 },
      'there were 8',
    ],
    [
      'another merchant',
      toLines(RECORDS, sealOf(RECORDS, privateKey, 'mer_2')),
      { checkpoints: [KEPT] },
      { seq: null, line: 13 },
      'another merchant',
    ],
    [
      'a field named twice',
      LINES.map((line, i) => (i === 2 ? line.replace('{', '{"action":"drop.closed",') : line)),
      {},
      { seq: null, line: 3 },
      'twice',
    ],
    [
      'a signature spelled another way',
      toLines(RECORDS, { ...SEAL, signature: `${SEAL.signature}=` }),
      {},
      { seq: null, line: 13 },
      'signature',
    ],
    [
      'a forged older checkpoint',
      LINES,
      { checkpoints: [sealOf(RECORDS.slice(0, 8), stranger) as unknown as Line] },
      { seq: null, line: 13 },
      'another key',
    ],
  ])('%s', (_, lines, options, place, why) => {
    const verdict = verify(lines, options);
    expect(verdict).toMatchObject({ ok: false, firstBroken: place });
    expect(verdict.firstBroken!.why).toContain(why);
  });
});

/** A change that somebody makes: to the file, or to the database before the export; those who can have it sealed again are in the last group. */
type Tampering = (
  records: Exported[],
  pick: (n: number) => number,
) => { lines: string[]; options?: VerifyWith };

const edit = (record: Exported, n: number): Exported => {
  const fields = ['at', 'action', 'requestId', 'address'] as const;
  const whole = structuredClone(record);
  if (n % 6 < 4) return { ...whole, [fields[(n % 6) as 0]]: `x${n}` };
  if (n % 6 === 4) return { ...whole, change: { ...(whole['change'] as object), delta: n + 1_000 } };
  return { ...whole, target: { kind: 'drop', id: `d${n}` } };
};
const within = (it: Exported[], at: number, by: Exported[]) => [
  ...it.slice(0, at),
  ...by,
  ...it.slice(at + 1),
];

const tamperings: Record<string, Tampering> = {
  edit: (it, pick) => {
    const at = pick(12);
    return { lines: toLines(within(it, at, [edit(it[at]!, pick(1_000))]), SEAL) };
  },
  'edit, with its hash': (it, pick) => {
    const at = pick(12);
    const by = edit(it[at]!, pick(1_000));
    return { lines: toLines(within(it, at, [{ ...by, hash: hashOf(by) }]), SEAL) };
  },
  'edit, with all hashes': (it, pick) => {
    const at = pick(12);
    return { lines: toLines(rechained(within(it, at, [edit(it[at]!, pick(1_000))])), SEAL) };
  },
  remove: (it, pick) => ({ lines: toLines(within(it, pick(12), []), SEAL) }),
  'remove, with all hashes': (it, pick) => ({ lines: toLines(rechained(within(it, pick(12), [])), SEAL) }),
  add: (it, pick) => {
    const at = pick(12);
    return { lines: toLines(rechained(within(it, at, [it[at]!, edit(it[at]!, pick(1_000))])), SEAL) };
  },
  exchange: (it, pick) => {
    const at = pick(11);
    return { lines: toLines([...it.slice(0, at), it[at + 1]!, it[at]!, ...it.slice(at + 2)], SEAL) };
  },
  cut: (it, pick) => ({ lines: toLines(it.slice(0, pick(12)), SEAL) }),
  'cut, with the checkpoint': (it, pick) => ({ lines: toLines(it).slice(0, 1 + pick(12)) }),
  'one character': (_, pick) => {
    const text = LINES.join('\n');
    const at = pick(text.length);
    const other = String.fromCharCode(33 + ((text.charCodeAt(at) + pick(90)) % 93));
    if (other === text[at] || /\s/.test(text[at]!)) return { lines: LINES.slice(0, -1) };
    return { lines: `${text.slice(0, at)}${other}${text.slice(at + 1)}`.split('\n') };
  },
  'all hashes, sealed by the product': (it, pick) => {
    const at = pick(8); // older than the kept checkpoint
    const all = rechained(within(it, at, pick(2) ? [] : [edit(it[at]!, pick(1_000))]));
    return { lines: toLines(all, sealOf(all, privateKey)), options: { checkpoints: [KEPT] } };
  },
  'cut, sealed by the product': (it, pick) => {
    const all = it.slice(0, pick(8));
    return { lines: toLines(all, sealOf(all, privateKey)), options: { checkpoints: [KEPT] } };
  },
};

it('finds each of 1,000 random tamperings', () => {
  const run = fc.record({
    name: fc.constantFrom(...Object.keys(tamperings)),
    picks: fc.array(fc.nat(1_000_000), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(run, ({ name, picks }) => {
      let at = 0;
      const { lines, options } = tamperings[name]!([...RECORDS], (n) => picks[at++ % picks.length]! % n);
      const verdict = verify(lines, options);
      expect(verdict.ok).toBe(false);
      expect(verdict.firstBroken!.line).toBeGreaterThan(0);
    }),
    { numRuns: 1_000 },
  );
});
