import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

// PostgreSQL's defaults (scram_iterations, SCRAM_DEFAULT_SALT_LEN).
const SCRAM_ITERATIONS = 4096;
const SCRAM_SALT_BYTES = 16;

/**
 * The SCRAM verifier that PostgreSQL stores for a password, and accepts instead of it (RFC 5802, section 3,
 * with SHA-256 as in RFC 7677; the format of pg_authid.rolpassword). PostgreSQL logs failed and slow
 * statements, which must not contain a password.
 */
export function scramVerifier(password: string, salt = randomBytes(SCRAM_SALT_BYTES)): string {
  // SASLprep equals NFKC, except for unusual characters.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, SCRAM_ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
