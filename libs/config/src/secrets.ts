import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  /** Signs guest sessions (HS256). */
  sessionKey: z.string().min(32),
  /** Accepted besides, while one key replaces the other (docs/runbooks/replace-the-session-key.md). */
  otherSessionKey: z.string().min(32).optional(),
  /** Signs the pass with which the operator's own load is let through the public limits. */
  operatorKey: z.string().min(32),
  /** Sign the sandbox provider's webhooks; the first signs, all are accepted, so that one can be replaced without a gap. */
  sandboxWebhookSecrets: z.array(z.string().min(32)).min(1).max(2),
  /** Of the embedded PostgreSQL's superuser, which makes the cluster and migrates; nothing runs with it. */
  databasePassword: z.string().min(16),
  /** Shared by the services of the cluster mode: who does not know it is not heard. */
  serviceKey: z.string().min(32),
  /** Of the Redis that the cluster mode starts. */
  redisPassword: z.string().min(16),
  /** Of the Kafka that the cluster mode starts. */
  kafkaPassword: z.string().min(16),
  /** Of the Kafka Connect that the cluster mode starts: who can give it a connector can read the ledger. */
  connectPassword: z.string().min(16),
  /** Of the login with which Debezium reads the ledger's log. */
  cdcPassword: z.string().min(16),
  /** Of the logins with which inventory, checkout and the command line work on the ledger. */
  inventoryDbPassword: z.string().min(16),
  checkoutDbPassword: z.string().min(16),
  operatorDbPassword: z.string().min(16),
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
  operatorDbPassword: make(),
});

/**
 * The secrets of the product in `dataDir`, made at its first start; what an older version did not have yet is added. Readable by the owner
 * alone; never logged. Only the process that holds the folder may be the first to call this; others then find all of them.
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : null;
  const all = { ...fresh(), ...known };
  // Before anything is written: a damaged file must stay as it is, for the person who mends it.
  const secrets = schema.parse(all);
  if (!known || Object.keys(secrets).some((name) => !(name in known))) write(dataDir, file, all);
  return Object.freeze(secrets);
}

/** Write aside and rename: a crash in between must not leave half a file, which would lock everybody out. */
function write(dataDir: string, file: string, secrets: object): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(draft, file);
}
