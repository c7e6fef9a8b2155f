import fc from 'fast-check';
import { isSigned, signatureHeader, signatureOf } from './webhook-signature';

const NOW = 1_800_000_000_000;
const OLD = 'old-secret-old-secret-old-secret-old';
const NEW = 'new-secret-new-secret-new-secret-new';
const body = Buffer.from('{"id":"evt_1"}');
const header = (secret = NEW, seconds = NOW / 1000) => signatureHeader(secret, seconds, body);

describe('the signature of a webhook', () => {
  it('is accepted from either of two live secrets', () => {
    expect(isSigned(header(NEW), body, [NEW, OLD], NOW)).toBe(true);
    expect(isSigned(header(OLD), body, [NEW, OLD], NOW)).toBe(true);
    expect(isSigned(header(OLD), body, [NEW], NOW)).toBe(false);
  });

  it('covers every byte of the body', () => {
    for (let at = 0; at < body.length; at += 1) {
      const forged = Buffer.from(body);
      forged[at]! ^= 1;
      expect(isSigned(header(), forged, [NEW], NOW)).toBe(false);
    }
  });

  it('covers its time', () => {
    const moved = header().replace(`t=${NOW / 1000}`, `t=${NOW / 1000 + 1}`);
    expect(isSigned(moved, body, [NEW], NOW)).toBe(false);
  });

  it.each([
    [299, true],
    [-299, true],
    [301, false],
    [-301, false],
  ])('%d seconds away: accepted is %s', (seconds, accepted) => {
    expect(isSigned(header(NEW, NOW / 1000 + seconds), body, [NEW], NOW)).toBe(accepted);
  });

  it('may stand among others, as while a secret is replaced', () => {
    const wrong = signatureOf(OLD, NOW / 1000, body);
    expect(isSigned(`${header()},v1=${wrong}`, body, [NEW], NOW)).toBe(true);
    expect(isSigned(`t=${NOW / 1000},v1=${wrong}, ${header().split(',')[1]}`, body, [NEW], NOW)).toBe(true);
  });

  it.each([
    undefined,
    '',
    't=',
    `t=${NOW / 1000}`,
    `t=${NOW / 1000},v1=`,
    `t=NaN,v1=00`,
    `v1=${'0'.repeat(64)}`,
    `t=${NOW / 1000},v0=${'0'.repeat(64)}`,
    ','.repeat(5000),
  ])('refuses the header %p', (odd) => {
    expect(isSigned(odd, body, [NEW], NOW)).toBe(false);
  });

  it('is believed of no text that we did not make', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.constantFrom('t=', 'v1=', ',', `${NOW / 1000}`, '0', '-1')),
        (text, parts) => {
          expect(isSigned(text, body, [NEW], NOW)).toBe(false);
          expect(isSigned(parts.join(''), body, [NEW], NOW)).toBe(false);
        },
      ),
    );
  });
});
