import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunState, removeRunState, type RunState, writeRunState } from './run-state';

const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-run-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const STATE: RunState = {
  pid: process.pid,
  startedAt: '2026-11-30T00:00:00.000Z',
  mode: 'cluster',
  address: 'http://127.0.0.1:3000',
  databaseUrl: 'postgres://holdfast@127.0.0.1:1/holdfast',
  kafkaSecurity: { login: { mechanism: 'PLAIN', username: 'a', password: 'b' }, tls: null },
  slot: 'holdfast_cdc',
  components: [
    { name: 'redis', kind: 'redis', pid: 1, address: '127.0.0.1:2', version: null },
    {
      name: 'gateway-1',
      kind: 'gateway',
      pid: null,
      address: 'http://127.0.0.1:3',
      version: '0.1.0',
      healthUrl: 'http://127.0.0.1:4/health/ready',
    },
  ],
};

describe('run state', () => {
  it('is read as it was written, and is for its owner alone', () => {
    writeRunState(dataDir, STATE);
    expect(readRunState(dataDir)).toEqual(STATE);
    expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['of a product that has ended', JSON.stringify({ ...STATE, pid: 2 ** 22 + 12_345 })],
    ['that was cut short', '{"pid": 1'],
    ['of another shape', JSON.stringify({ ...STATE, components: undefined })],
  ])('is nothing when there is a file %s', (_, text) => {
    writeFileSync(join(dataDir, 'run.json'), text);
    expect(readRunState(dataDir)).toBeNull();
  });

  it('is nothing once it was removed', () => {
    writeRunState(dataDir, STATE);
    removeRunState(dataDir);
    expect(readRunState(dataDir)).toBeNull();
  });
});
