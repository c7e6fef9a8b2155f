import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '@holdfast/testing';
import { ensureBuild, REPOSITORY } from '../../../../test/support/repository';

const TRIES = 2;
const BETWEEN_MS_MIN = 500; // a quarter of the pause

it('a Kafka Connect that refuses the login is asked again after a pause, not at once', async () => {
  ensureBuild();
  const asked: number[] = [];
  const connect = createServer((_request, response) => {
    asked.push(performance.now());
    response.writeHead(401).end();
  });
  await once(connect.listen(0, '127.0.0.1'), 'listening');
  const keeper = spawn(
    process.execPath,
    [join(REPOSITORY, 'dist/apps/cluster/src/programs/keep-stream.js')],
    {
      env: {
        PATH: '/usr/bin:/bin',
        CONNECT_URL: `http://127.0.0.1:${(connect.address() as AddressInfo).port}`,
        DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
        PORT: '0',
      },
      stdio: 'ignore',
    },
  );
  const ended = once(keeper, 'exit');
  try {
    await waitFor('some tries', () => asked.length >= TRIES);
  } finally {
    keeper.kill('SIGTERM');
    connect.close();
  }
  expect(await ended).toEqual([0, null]);
  expect(asked[TRIES - 1]! - asked[0]!).toBeGreaterThan(BETWEEN_MS_MIN);
});
