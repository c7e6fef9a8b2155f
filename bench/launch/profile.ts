import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { shareOf, topFunctions } from '../http/top-functions';

/** `--profile`: what the product's process does while the rush goes on. */
export function profileOf(on: boolean, scratch: string) {
  const file = join(scratch, 'profile.json');
  const hook = join(__dirname, '..', 'http', 'profile-hook.js');
  return {
    env: (on ? { NODE_OPTIONS: `--require ${hook}`, BENCH_PROFILE: file } : {}) as Record<string, string>,
    async of(pid: number, what: () => Promise<unknown>): Promise<string> {
      rmSync(file, { force: true });
      process.kill(pid, 'SIGUSR2');
      await what();
      process.kill(pid, 'SIGUSR2');
      await waitFor('the profile', () => existsSync(file));
      const share = (100 * shareOf(file, '/gateway/src/live/')).toFixed(2);
      return `\nIn the code of streams, and what it calls: ${share} %. By own time:\n${topFunctions(file, 40).join('\n')}`;
    },
  };
}
