import { createHash, generateKeyPairSync } from 'node:crypto';
import { auditHashOf, auditKeyOf, canonicalJson, isSignedBy, signCheckpoint } from './index';

describe('canonical JSON', () => {
  it('is that of RFC 8785, section 3.2', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\u0027\u0042\u0022\u005c\u005c\u0022\u002f',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by their UTF-16 units, as section 3.2.3 does', () => {
    const names = ['\u20ac', '\r', '\ufb33', '\ud83d\ude00', '\u0080', '\u00f6'];
    const value = Object.fromEntries(names.map((name) => [name, 0]));
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toEqual([
      '\r',
      '\u0080',
      '\u00f6',
      '\u20ac',
      '\ud83d\ude00',
      '\ufb33',
    ]);
  });
});

it('a hash covers the one before and the UTF-8 bytes of the record', () => {
  const json = canonicalJson({ seq: 1, label: 'é', previousHash: 'ab' });
  const bytes = Buffer.concat([
    Buffer.from('ab'),
    Buffer.from('{"label":"é","previousHash":"ab","seq":1}', 'utf8'),
  ]);
  expect(auditHashOf('ab', json)).toBe(createHash('sha256').update(bytes).digest('hex'));
});

describe('a checkpoint', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, kid: keyId } = auditKeyOf(privateKey);
  const end = { merchantId: 'mer_1', seq: 3, hash: 'ab', at: '2026-01-01T00:00:00.000Z', keyId };
  const signed = signCheckpoint(end, privateKey);

  it('is signed over all its other fields, in any order', () => {
    expect(isSignedBy(signed, x)).toBe(true);
    const reordered = Object.fromEntries(Object.entries(signed).reverse()) as typeof signed;
    expect(isSignedBy(reordered, x)).toBe(true);
    expect(isSignedBy({ ...signed, seq: 4 } as typeof signed, x)).toBe(false);
    expect(isSignedBy({ ...signed, more: 1 } as typeof signed, x)).toBe(false);
  });

  it('has one spelling, and no key that is none', () => {
    expect(isSignedBy({ ...signed, signature: `${signed.signature}=` }, x)).toBe(false);
    expect(isSignedBy(signed, 'no key')).toBe(false);
    expect(isSignedBy(signed, auditKeyOf(generateKeyPairSync('ed25519').privateKey).x)).toBe(false);
  });
});
