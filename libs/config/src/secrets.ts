import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  /** Signs guest sessions (HS256). */
  sessionKey: z.string().min(32),
  /** Also accepted while a key is being replaced (docs/runbooks/replace-the-session-key.md). */
  otherSessionKey: z.string().min(32).optional(),
  /** Signs operator passes, which exempt the operator's load from the public limits. */
  operatorKey: z.string().min(32),
  /**
   * Sign the sandbox provider's webhooks: the first one signs, all are accepted, so that a key can be
   * rotated.
   */
  sandboxWebhookSecrets: z.array(z.string().min(32)).min(1).max(2),
  /** Of the embedded PostgreSQL's superuser, which is used only to create the cluster and to migrate. */
  databasePassword: z.string().min(16),
  /** Shared by the services of the cluster mode; authenticates their connections. */
  serviceKey: z.string().min(32),
  /** Of the Redis that the cluster mode starts. */
  redisPassword: z.string().min(16),
  /** Of the Kafka that the cluster mode starts. */
  kafkaPassword: z.string().min(16),
  /**
   * Of the Kafka Connect that the cluster mode starts; a client that can add a connector can read the ledger.
   */
  connectPassword: z.string().min(16),
  /** Of the login with which Debezium reads the WAL. */
  cdcPassword: z.string().min(16),
  /** Of the logins with which inventory, checkout, accounts and the command line work on the ledger. */
  inventoryDbPassword: z.string().min(16),
  checkoutDbPassword: z.string().min(16),
  accountsDbPassword: z.string().min(16),
  operatorDbPassword: z.string().min(16),
  /** Makes the key that signs the tokens of staff, and the one that encrypts their second factors. */
  accountsKey: z.string().min(32),
});

export type Secrets = Readonly<z.infer<typeof schema>>;

const make = () => randomBytes(32).toString('base64url');

const fresh = (): Secrets => ({
  sessionKey: make(),
  operatorKey: make(),
  sandboxWebhookSecrets: [make()],
  databasePassword: make(),
  serviceKey: make(),
  redisPassword: make(),
  kafkaPassword: make(),
  connectPassword: make(),
  cdcPassword: make(),
  inventoryDbPassword: make(),
  checkoutDbPassword: make(),
  accountsDbPassword: make(),
  operatorDbPassword: make(),
  accountsKey: make(),
});

/**
 * The secrets of the product in `dataDir`, created at its first start; missing ones are added after an
 * upgrade. Only the owner can read the file; never logged. The process that holds the folder's lock must be
 * the first to call this.
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : null;
  const all = { ...fresh(), ...known };
  // Before anything is written: a damaged file must be left for the operator to repair.
  const secrets = schema.parse(all);
  if (!known || Object.keys(secrets).some((name) => !(name in known))) write(dataDir, file, all);
  return Object.freeze(secrets);
}

/**
 * Writes to a temporary file, flushes and renames, so that a crash cannot leave a truncated file, which would
 * invalidate all secrets.
 */
function write(dataDir: string, file: string, secrets: object): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600, flush: true });
  renameSync(draft, file);
}
