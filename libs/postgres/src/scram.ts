import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

// PostgreSQL's own numbers (scram_iterations, SCRAM_DEFAULT_SALT_LEN).
const SCRAM_ITERATIONS = 4096;
const SCRAM_SALT_BYTES = 16;

/**
 * What PostgreSQL keeps of a password, and takes in its place (RFC 5802, section 3, with SHA-256 as in RFC 7677; the form of
 * pg_authid.rolpassword). Statements that fail, or that are slow, stand in PostgreSQL's log: the password is none of its business.
 * infra/debezium/login.mjs, which runs without the build, says the same; a test compares them.
 */
export function scramVerifier(password: string, salt = randomBytes(SCRAM_SALT_BYTES)): string {
  // SASLprep of anything but unusual letters is NFKC.
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, SCRAM_ITERATIONS, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
