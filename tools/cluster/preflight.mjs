// Looks for every program that the cluster will need before the first long step begins, and names all that are missing at once.
import { ClusterError } from './errors.mjs';
import { findJava } from './java.mjs';
import { requireMaven } from './maven.mjs';
import { requireProgram } from './programs.mjs';

/**
 * @param {{given?: {redisUrl?: string|null, kafkaBrokers?: string|null, connectUrl?: string|null}, say?: (line: string) => void}} how
 *   what is named there need not be started here, so its program may be missing
 */
export async function requirePrograms({ given = {}, say = () => undefined }) {
  const needsJava = !given.kafkaBrokers || !given.connectUrl;
  const looks = [
    !given.redisUrl &&
      (() =>
        requireProgram('redis-server', 'redis-server', { say, instead: 'name a running one in REDIS_URL' })),
    needsJava && findJava,
    needsJava && requireMaven,
    () => requireProgram('nginx', 'nginx', { say }),
  ];
  const missing = [];
  // One after the other: two installs at once would wait for each other's lock.
  for (const look of looks.filter(Boolean)) {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      missing.push(error.message);
    }
  }
  if (missing.length > 0) throw new ClusterError(`something is missing here:\n  ${missing.join('\n  ')}`);
}
