import { StaffTokenReader } from '@holdfast/contracts';
import { DerivedSecretBox } from './derived-secret-box';
import { DerivedTokenSigner } from './derived-token-signer';

const KEY = 'a'.repeat(43);
const OTHER = 'b'.repeat(43);

describe('what is made from one secret', () => {
  it('is the same in every instance: tokens of one are read with the key of another', () => {
    const claims = {
      staffId: 's',
      merchantId: 'm',
      sessionId: 'f',
      email: 'owner@holdfast.test',
      role: 'owner' as const,
      mfa: false,
      steppedUp: false,
      issuedAt: 1,
      expiresAt: 601,
      id: 'j',
    };
    const token = new DerivedTokenSigner(KEY).sign(claims);
    expect(new StaffTokenReader(new DerivedTokenSigner(KEY).keys()).read(token, 2_000)).toEqual(claims);
    expect(new StaffTokenReader(new DerivedTokenSigner(OTHER).keys()).read(token, 2_000)).toBeNull();
  });

  it('opens what was sealed for the same person, and nothing else', () => {
    const sealed = new DerivedSecretBox(KEY).seal('JBSWY3DPEHPK3PXP', 'stf_1');
    expect(sealed.includes('JBSWY3DP')).toBe(false);
    expect(new DerivedSecretBox(KEY).open(sealed, 'stf_1')).toBe('JBSWY3DPEHPK3PXP');
    expect(new DerivedSecretBox(KEY).open(sealed, 'stf_2')).toBeNull();
    expect(new DerivedSecretBox(OTHER).open(sealed, 'stf_1')).toBeNull();
    expect(new DerivedSecretBox(KEY).open(sealed.subarray(0, -1), 'stf_1')).toBeNull();
    expect(new DerivedSecretBox(KEY).open(Buffer.alloc(0), 'stf_1')).toBeNull();
  });
});
