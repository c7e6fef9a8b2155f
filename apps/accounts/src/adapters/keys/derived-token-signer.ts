import {
  type SigningKey,
  signStaffToken,
  type StaffClaims,
  type TokenKey,
  tokenKeyOf,
} from '@holdfast/contracts';
import { TokenSigner } from '../../application/ports/token-signer.port';
import { derivedKey } from './derived-key';

/**
 * Signs with a key made from the product's secret for accounts: all instances have the same without storing it, before and after a restart. With another
 * secret (docs/runbooks) all access tokens end at once and are made anew by a refresh.
 */
export class DerivedTokenSigner extends TokenSigner {
  private readonly key: SigningKey;
  private readonly publicKey: TokenKey;

  constructor(accountsKey: string) {
    super();
    const privateKey = derivedKey(accountsKey, 'holdfast staff tokens');
    this.publicKey = tokenKeyOf(privateKey);
    this.key = { keyId: this.publicKey.keyId, privateKey };
  }

  sign(claims: StaffClaims): string {
    return signStaffToken(claims, this.key);
  }

  keys(): TokenKey[] {
    return [this.publicKey];
  }
}
