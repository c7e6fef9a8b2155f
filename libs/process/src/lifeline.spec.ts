import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { LIFELINE } from './lifeline';

it('ends the program also when we are killed before it has told us its pid', async () => {
  const shell = spawn('/bin/sh', ['-c', LIFELINE, 'holdfast-lifeline', 'TERM', '10', 'sleep', '20'], {
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  });
  // What our death does to the pipes. The shell has not come to its first line yet.
  (shell.stdio[3] as Readable).destroy();
  shell.stdin!.destroy();
  const began = Date.now();
  // Whoever still runs holds the output open.
  await new Promise((resolve) => shell.stdout!.once('close', resolve).resume());
  expect(Date.now() - began).toBeLessThan(15_000);
}, 30_000);
