import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  /** Signs guest sessions (HS256). */
  sessionKey: z.string().min(32),
  /** Signs the pass with which the operator's own load is let through the public limits. */
  operatorKey: z.string().min(32),
  /** Sign the sandbox provider's webhooks; the first signs, all are accepted, so that one can be replaced without a gap. */
  sandboxWebhookSecrets: z.array(z.string().min(32)).min(1).max(2),
  /** Password of the embedded PostgreSQL's only login. */
  databasePassword: z.string().min(16),
});

export type Secrets = Readonly<z.infer<typeof schema>>;

const make = () => randomBytes(32).toString('base64url');

/** The secrets of the product in `dataDir`, made at its first start. Readable by the owner alone; never logged. */
export function loadSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const fresh: Secrets = {
      sessionKey: make(),
      operatorKey: make(),
      sandboxWebhookSecrets: [make()],
      databasePassword: make(),
    };
    // Write aside and rename: a crash in between must not leave half a file, which would lock everybody out.
    writeFileSync(`${file}.new`, JSON.stringify(fresh, null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  return Object.freeze(schema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}
