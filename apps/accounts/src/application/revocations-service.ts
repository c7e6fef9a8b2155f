import { type RevocationPage, Revocations, type TokenKey } from '@holdfast/contracts';
import { REVOCATIONS_PAGE_MAX } from '../domain/limits';
import type { RevocationLog } from './ports/revocation-log.port';
import type { TokenSigner } from './ports/token-signer.port';

export class RevocationsService extends Revocations {
  constructor(
    private readonly log: RevocationLog,
    private readonly signer: TokenSigner,
  ) {
    super();
  }

  tokenKeys(): Promise<TokenKey[]> {
    return Promise.resolve(this.signer.keys());
  }

  async revocationsSince(cursor: number): Promise<RevocationPage> {
    const found = await this.log.after(cursor, REVOCATIONS_PAGE_MAX);
    return {
      items: found.map(({ kind, id }) => ({ kind, id })),
      cursor: found.at(-1)?.number ?? cursor,
      more: found.length === REVOCATIONS_PAGE_MAX,
    };
  }
}
