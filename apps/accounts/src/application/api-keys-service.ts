import {
  type ApiKey,
  ApiKeys,
  type ChangeOrigin,
  type CreateApiKey,
  type CreateApiKeyOutcome,
} from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import { scopesOfNewKey } from '../domain/key-scopes';
import { KEY_USE_NOTED_EVERY_SECONDS, KEYS_OF_MERCHANT_MAX } from '../domain/limits';
import { earlierCall } from './earlier-call';
import type { AccountsStore } from './ports/accounts-store.port';

/** The keys of a merchant. */
export class ApiKeysService extends ApiKeys {
  constructor(
    private readonly store: AccountsStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  listApiKeys(merchantId: string): Promise<ApiKey[]> {
    return this.store.within(merchantId, (tx) => tx.keys.list());
  }

  async createApiKey(command: CreateApiKey): Promise<CreateApiKeyOutcome> {
    const { id, merchantId, name, prefix, secretHash, expiresAt, makerScopes, fingerprint, by } = command;
    const judged = scopesOfNewKey(command.scopes, makerScopes);
    if (judged.kind !== 'fine') return judged;
    if (expiresAt !== null && !(Date.parse(expiresAt) > this.clock.now())) return { kind: 'expired-already' };
    const { scopes } = judged;
    return this.store.within<CreateApiKeyOutcome>(merchantId, async (tx) => {
      if (!(await tx.merchant.lock())) return { kind: 'not-found' };
      const call = await earlierCall(tx, command);
      if (call === 'key-reused') return { kind: call };
      const earlier = await tx.keys.findBySecret(secretHash);
      // The same call again, because its answer was lost.
      if (earlier?.id === id) return { kind: 'created', key: earlier, replayed: call === 'same' };
      if ((await tx.keys.list()).length >= KEYS_OF_MERCHANT_MAX) return { kind: 'too-many' };
      const row = { keyId: id, name, prefix, secretHash, scopes, createdBy: by.actor, expiresAt };
      const key = await tx.keys.insert(row);
      // Random ids are never in use: this is a call again for a key that was removed since.
      if (!key) return { kind: 'removed-since' };
      if (fingerprint !== null) await tx.made.insert(id, fingerprint);
      const change = { name, scopes, expiresAt };
      await tx.record({ action: 'key.created', target: { kind: 'api-key', id }, change }, by);
      return { kind: 'created', key, replayed: false };
    });
  }

  removeApiKey({
    merchantId,
    keyId,
    by,
  }: {
    merchantId: string;
    keyId: string;
    by: ChangeOrigin;
  }): Promise<{ kind: 'removed' } | { kind: 'not-found' }> {
    return this.store.within(merchantId, async (tx) => {
      if (!(await tx.merchant.lock())) return { kind: 'not-found' };
      const name = await tx.keys.delete(keyId);
      if (name === null) return { kind: 'not-found' };
      await tx.record(
        { action: 'key.removed', target: { kind: 'api-key', id: keyId }, change: { name } },
        by,
      );
      return { kind: 'removed' };
    });
  }

  async findApiKey(secretHash: string): Promise<ApiKey | null> {
    const merchantId = await this.store.merchantOf('api-key', secretHash);
    if (merchantId === null) return null;
    return this.store.within(merchantId, async (tx) => {
      const key = await tx.keys.findBySecret(secretHash);
      if (key && this.isNoteDue(key)) await tx.keys.noteUse(key.id, KEY_USE_NOTED_EVERY_SECONDS);
      return key;
    });
  }

  /** Saves the statement; whether it writes is decided by the ledger's clock. */
  private isNoteDue({ lastUsedAt }: ApiKey): boolean {
    if (lastUsedAt === null) return true;
    return this.clock.now() - Date.parse(lastUsedAt) >= (KEY_USE_NOTED_EVERY_SECONDS * 1000) / 2;
  }
}
