import type { Actor, ApiKey, Scope } from '@holdfast/contracts';
import type { ApiKeyRows, NewApiKeyRow } from '../../application/ports/accounts-store.port';
import { bytes, type Scoped, type Statement } from './scoped';
import { sql } from './sql/sql.generated';

interface Row {
  merchant_id: string;
  key_id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  created_by: Actor;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
}

export class PgApiKeyRows implements ApiKeyRows {
  constructor(private readonly scoped: Scoped) {}

  async list(): Promise<ApiKey[]> {
    return (await this.scoped.all<Row>(sql.listApiKeys)).map(toApiKey);
  }

  insert(it: NewApiKeyRow): Promise<ApiKey | null> {
    return this.one(sql.insertApiKey, [
      it.keyId,
      it.name,
      it.prefix,
      bytes(it.secretHash),
      it.scopes,
      JSON.stringify(it.createdBy),
      it.expiresAt,
    ]);
  }

  findBySecret(secretHash: string): Promise<ApiKey | null> {
    return this.one(sql.findApiKey, [bytes(secretHash)]);
  }

  noteUse(keyId: string, everySeconds: number): Promise<void> {
    return this.scoped.run(sql.noteKeyUse, [keyId, everySeconds]);
  }

  async delete(keyId: string): Promise<string | null> {
    return (await this.scoped.first<{ name: string | null }>(sql.deleteApiKey, [keyId]))!.name;
  }

  private async one(statement: Statement, values: unknown[]): Promise<ApiKey | null> {
    const row = await this.scoped.first<Row>(statement, values);
    return row && toApiKey(row);
  }
}

function toApiKey(row: Row): ApiKey {
  return {
    id: row.key_id,
    merchantId: row.merchant_id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at && row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at && row.last_used_at.toISOString(),
  };
}
