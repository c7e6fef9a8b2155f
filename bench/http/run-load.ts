import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './load-plan';

/** Runs the load generator as its own process and returns what it counted. */
export function runLoad(plan: LoadPlan): Promise<LoadResult> {
  return startLoad(plan).result;
}

/** The same, for a load that goes on until it is stopped: `stop` lets the requests in flight end, and does not wait. */
export function startLoad(plan: LoadPlan): { result: Promise<LoadResult>; stop(): void } {
  const child = spawn(process.execPath, [join(__dirname, 'load.js'), JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const result = new Promise<LoadResult>((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.once('close', (code) => {
      if (code === 0 && text !== '') resolve(JSON.parse(text) as LoadResult);
      else reject(new Error(`the load generator ended with ${code}`));
    });
  });
  return { result, stop: () => void child.kill('SIGTERM') };
}
