import type { GivenServers } from '@holdfast/config';
import { type Say, StartError } from '@holdfast/process';
import { findJava } from './java';
import { requireMaven } from './kafka-jars';
import { requireProgram } from './programs';

/**
 * Checks for all programs that the cluster needs before the first long step begins, and reports all missing ones together. Servers in `given`
 * are not started here, so their programs may be missing.
 */
export async function requirePrograms(given: Partial<GivenServers>, say: Say): Promise<void> {
  const needsJava = !given.kafkaBrokers || !given.connectUrl;
  const looks: (() => unknown)[] = [
    ...(given.redisUrl
      ? []
      : [() => requireProgram('redis-server', { say, instead: 'name a running one in REDIS_URL' })]),
    ...(needsJava ? [findJava, requireMaven] : []),
    () => requireProgram('nginx', { say }),
  ];
  const missing: string[] = [];
  // Sequentially: concurrent installs would wait for each other's lock.
  for (const look of looks) {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      missing.push(error.message);
    }
  }
  if (missing.length > 0) throw new StartError(`something is missing here:\n  ${missing.join('\n  ')}`);
}
