import { execFileSync, fork } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SupervisorEvent } from '@holdfast/process';
import { leastOf, waitFor } from '@holdfast/testing';
import { Client } from 'pg';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../libs/postgres/src/embedded/embedded-postgres';
import { processTable, processTree, sendSignal, stillAlive } from '../support/processes';

const PASSWORD = 'a password of the tests';
const GONE_MS = 1_000;
const BACK = { deadlineMs: 60_000 };
const asRoot = process.getuid?.() === 0;
const base = mkdtempSync(join(tmpdir(), 'holdfast-embedded-'));
const servers: EmbeddedPostgres[] = [];
const hosts: number[] = [];

chmodSync(base, 0o755);

afterAll(async () => {
  for (const server of servers) await server.stop();
  for (const pid of hosts) if (stillAlive([pid]).length > 0) process.kill(pid, 'SIGKILL');
  await waitFor('every server to be gone', () => serversUnder(base).length === 0);
  rmSync(base, { recursive: true, force: true });
});

const newFolder = () => {
  const folder = mkdtempSync(join(base, 'd-'));
  chmodSync(folder, 0o755);
  return folder;
};
const serversUnder = (folder: string) =>
  processTable().filter(
    ({ command, zombie }) => !zombie && command.includes('/bin/postgres') && command.includes(folder),
  );

async function start(
  dataDir: string,
  more: Partial<EmbeddedPostgresOptions> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, password: PASSWORD, sync: false, ...more });
  servers.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process of its own that runs a server, to be killed. */
async function host(dataDir: string): Promise<{ pid: number; serverPid: number; url: string }> {
  const out = join(base, 'out');
  if (!existsSync(out)) {
    const root = resolve(__dirname, '../..');
    const swc = join(root, 'node_modules/@swc/cli/bin/swc.js');
    const args = ['libs', '-d', out, '--quiet', '--ignore', '**/*.spec.ts'];
    execFileSync(process.execPath, [swc, ...args], { cwd: root, stdio: 'ignore' });
    symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'));
    writeFileSync(
      join(base, 'host.cjs'),
      `const { startEmbeddedPostgres } = require(${JSON.stringify(join(out, 'libs/postgres/src/embedded/embedded-postgres.js'))});
       startEmbeddedPostgres({ dataDir: process.argv[2], password: ${JSON.stringify(PASSWORD)}, sync: false })
         .then((server) => process.send({ serverPid: server.pid, url: server.url }));`,
    );
  }
  const child = fork(join(base, 'host.cjs'), [dataDir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  hosts.push(child.pid!);
  return new Promise((done, fail) => {
    child.once('exit', () => fail(new Error('the host ended')));
    child.once('message', (facts) =>
      done({ pid: child.pid!, ...(facts as { serverPid: number; url: string }) }),
    );
  });
}

describe('the embedded PostgreSQL', () => {
  it('finds its data and its port again at the next start', async () => {
    const folder = newFolder();
    const first = await start(folder);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const logOfBefore = join(first.home, 'server.log.old'); // as versions before left it
    writeFileSync(logOfBefore, '');
    const second = await start(folder);
    expect(second.port).toBe(first.port);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(existsSync(logOfBefore)).toBe(false);
    await second.stop();
  });

  it('is a durable server fit for a change stream, with a password', async () => {
    const server = await start(newFolder());
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'data_checksums'];
    const rows = await query(
      server.url,
      `SELECT ${names.map((n) => `current_setting('${n}') AS ${n}`).join(', ')}`,
    );
    expect(rows).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        wal_level: 'logical',
        data_checksums: 'on',
      },
    ]);
    const wrong = new URL(server.url);
    wrong.password = 'something else';
    await expect(query(wrong.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('runs two side by side, each on its own files and port', async () => {
    const [a, b] = await Promise.all([start(newFolder()), start(newFolder())]);
    expect(a!.port).not.toBe(b!.port);
    await query(a!.url, 'CREATE TABLE only_in_a ()');
    expect(await query(b!.url, `SELECT to_regclass('only_in_a') AS found`)).toEqual([{ found: null }]);
  });

  it('refuses files that a live server of another start uses', async () => {
    const folder = newFolder();
    const { pid } = await host(folder);
    await expect(start(folder)).rejects.toThrow(`in use by process ${pid}`);
  });

  it('takes another port when a stranger listens on its own', async () => {
    const folder = newFolder();
    const first = await start(folder);
    await first.stop();
    const stranger = createServer().listen(first.port, '127.0.0.1');
    await new Promise((ready) => stranger.once('listening', ready));
    const second = await start(folder);
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    stranger.close();
  });

  it.each([
    ['its main process', (server: EmbeddedPostgres) => server.pid],
    ['the shell that holds its lifeline', (server: EmbeddedPostgres) => parentOf(server.pid)],
  ])('comes back on the same port after kill -9 of %s, with all that was acknowledged', async (_, victim) => {
    const events: SupervisorEvent[] = [];
    const server = await start(newFolder(), { onEvent: (event) => events.push(event) });
    await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const before = server.pid;
    process.kill(victim(server), 'SIGKILL');
    await waitFor('the server to be back', () => events.some(({ kind }) => kind === 'back'), BACK);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(events.map(({ kind }) => kind).filter((kind) => kind !== 'still-down')).toEqual(['down', 'back']);
    expect(server.pid).not.toBe(before);
    expect(stillAlive([before])).toEqual([]);
  });

  it('comes back again and again, and still ends when it is told to', async () => {
    const server = await start(newFolder());
    for (let i = 0; i < 5; i += 1) {
      const pid = server.pid;
      process.kill(pid, 'SIGKILL');
      await waitFor('a new main process', () => server.pid !== pid, BACK);
    }
    process.kill(server.pid, 'SIGKILL');
    await server.stop(); // in the middle of coming back
    expect(serversUnder(server.home)).toEqual([]);
  });

  it('is gone within a second when its owner is killed', async () => {
    const goneAfter = async () => {
      const { pid, serverPid } = await host(newFolder());
      const tree = processTree(pid).map((row) => row.pid);
      process.kill(pid, 'SIGKILL');
      expect(tree).toContain(serverPid);
      return untilGone(tree);
    };
    expect(await leastOf(GONE_MS, goneAfter)).toBeLessThan(GONE_MS);
  });

  it('is gone within a second when its owner is killed after the shell between them', async () => {
    const goneAfter = async () => {
      const { pid, serverPid } = await host(newFolder());
      const shell = parentOf(serverPid);
      process.kill(pid, 'SIGSTOP'); // else it would notice and start again
      process.kill(shell, 'SIGKILL');
      process.kill(pid, 'SIGKILL');
      return untilGone([serverPid]);
    };
    expect(await leastOf(GONE_MS, goneAfter)).toBeLessThan(GONE_MS);
  });

  it('ends at its next start what a killed owner left behind, and loses nothing', async () => {
    const folder = newFolder();
    const { pid, serverPid, url } = await host(folder);
    await query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const all = processTree(pid).map((row) => row.pid);
    process.kill(pid, 'SIGSTOP'); // its death, which wakes the watcher, has to come last
    for (const one of all) if (![pid, serverPid].includes(one) && !isBackend(one)) sendSignal(one, 'SIGKILL');
    sendSignal(pid, 'SIGKILL');
    await waitFor('the death of the others', () => stillAlive([pid]).length === 0);
    expect(stillAlive([serverPid])).toHaveLength(1);
    const server = await start(folder);
    expect(stillAlive([serverPid])).toEqual([]);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('starts after a power cut although a stranger has the number of the old server', async () => {
    const folder = newFolder();
    const first = await start(folder);
    const pidFile = join(first.home, 'data', 'postmaster.pid');
    const written = readFileSync(pidFile, 'utf8').split('\n');
    await first.stop();
    writeFileSync(pidFile, [process.ppid, ...written.slice(1)].join('\n'));
    const second = await start(folder);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('can be interrupted while it makes its files, and begins anew at the next start', async () => {
    const folder = newFolder();
    const interruption = new AbortController();
    const starting = start(folder, { signal: interruption.signal });
    await waitFor('initdb to be at work', () =>
      readdirSync(join(folder, 'postgres')).some((n) => n.startsWith('data.new')),
    );
    interruption.abort();
    await expect(starting).rejects.toThrow('interrupted');
    expect(readdirSync(join(folder, 'postgres')).filter((name) => name.startsWith('data'))).toEqual([]);
    const server = await start(folder);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses to begin with an empty ledger when the files of the old one are gone', async () => {
    const folder = newFolder();
    const server = await start(folder);
    await server.stop();
    rmSync(join(server.home, 'data'), { recursive: true });
    await expect(start(folder)).rejects.toThrow("the ledger's files are missing");
  });

  it('says so when the ledger was made with other secrets', async () => {
    const folder = newFolder();
    await (await start(folder)).stop();
    await expect(start(folder, { password: 'another password' })).rejects.toThrow('other secrets');
  });

  (asRoot ? describe : describe.skip)('started by root', () => {
    it('runs as an ordinary user', async () => {
      const server = await start(newFolder());
      const uid = execFileSync('ps', ['-o', 'uid=', '-p', String(server.pid)], { encoding: 'utf8' });
      expect(Number(uid)).toBeGreaterThan(0);
    });

    it('keeps its files where that user can reach them when the data folder is closed, and finds them again', async () => {
      const folder = newFolder();
      const sharedHome = join(newFolder(), 'shared');
      chmodSync(folder, 0o700);
      const first = await start(folder, { sharedHome });
      expect(first.home.startsWith(sharedHome)).toBe(true);
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.stop();
      const second = await start(folder, { sharedHome });
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    });

    it('sets the files of a deleted data folder aside instead of throwing them away', async () => {
      const folder = newFolder();
      const sharedHome = join(newFolder(), 'shared');
      chmodSync(folder, 0o700);
      await (await start(folder, { sharedHome })).stop();
      rmSync(join(folder, 'postgres.json'));
      const said: string[] = [];
      const say = (line: string) => void said.push(line);
      const server = await start(folder, { sharedHome, password: 'new secrets', say });
      expect(said.join('\n')).toContain('set aside');
      expect(readdirSync(server.home).some((name) => name.startsWith('data.before-'))).toBe(true);
    });

    it('does not use a shared folder that others may write', async () => {
      const folder = newFolder();
      const sharedHome = newFolder();
      chmodSync(folder, 0o700);
      chmodSync(sharedHome, 0o777);
      await expect(start(folder, { sharedHome })).rejects.toThrow('can be written by others');
    });
  });
});

/** How long it takes until none of these processes is left. */
async function untilGone(pids: number[]): Promise<number> {
  const began = performance.now();
  await waitFor('the end of the server', () => stillAlive(pids).length === 0);
  return performance.now() - began;
}

function parentOf(pid: number): number {
  const row = processTable().find((one) => one.pid === pid);
  if (!row) throw new Error(`no process ${pid}`);
  return row.parent;
}

function isBackend(pid: number): boolean {
  return processTable().some((one) => one.pid === pid && one.command.startsWith('postgres:'));
}
