import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPEN_KAFKA } from '@holdfast/config';
import { withLogin } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';
import { Client } from 'pg';
import { queryBroker } from '../../apps/cluster/src/servers/query-broker';
import { callConnect } from '../../apps/cluster/src/servers/connect-rest';
import { type Servers, startServers } from '../../apps/cluster/src/servers/start-servers';
import { startStream, type Stream } from '../../apps/cluster/src/stream/start-stream';
import { createLedger, type TestLedger } from '../support/database';
import { ensureBuild, REPOSITORY } from '../support/repository';
import { makeStreamLogin } from '../support/stream-login';

const NOTHING_GIVEN = { redisUrl: null, kafkaBrokers: null, kafkaSecurity: OPEN_KAFKA };
const PASSWORD = 'only-for-this-test';
// Java programs on a machine that does other things, too.
const UP = { deadlineMs: 100_000, everyMs: 200 };
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the servers of the cluster mode', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-servers-'));
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const slot = `holdfast_cdc_test_${process.pid}`;
  const user = `holdfast_connect_test_${process.pid}`;
  let ledger: TestLedger;
  let db: Client;
  let servers: Servers;
  let stream: Stream;
  const all = () => [...servers.components(), ...stream.components()].map((it) => ({ ...it, pid: it.pid! }));
  const component = (kind: string) => all().find((each) => each.kind === kind)!;

  beforeAll(async () => {
    ledger = await createLedger('servers');
    db = new Client({ connectionString: ledger.url });
    await db.connect();
    const passwords = { redisPassword: PASSWORD, kafkaPassword: PASSWORD };
    servers = await startServers({ dataDir, ...passwords, given: NOTHING_GIVEN, say });
    const { kafkaBrokers, kafkaSecurity } = servers;
    await makeStreamLogin(ledger.url, { name: user, password: PASSWORD });
    stream = await startStream({
      dataDir,
      kafkaBrokers,
      kafkaSecurity,
      databaseUrl: withLogin(ledger.url, user, PASSWORD),
      connectPassword: PASSWORD,
      givenUrl: null,
      slot,
      say,
    });
  }, 300_000);

  afterAll(async () => {
    await stream?.stop();
    await servers?.stop();
    await db.query(
      'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1',
      [slot],
    );
    await db.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
    await db.end();
    await ledger.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('are up once they are started, each with its pid', async () => {
    expect(all().map(({ kind }) => kind)).toEqual(['redis', 'kafka', 'connect']);
    for (const { pid } of all()) expect(isAlive(pid)).toBe(true);
  });

  it('serve only who knows the password: other users of the machine reach loopback, too', async () => {
    const broker = servers.kafkaBrokers;
    const wrong = { ...servers.kafkaSecurity.login!, password: 'a wrong one' };
    await expect(queryBroker({ broker })).rejects.toThrow('it may want a login');
    await expect(queryBroker({ broker, security: { login: wrong, tls: null } })).rejects.toThrow(
      'it refuses the login holdfast by PLAIN',
    );
    await expect(queryBroker({ broker, security: servers.kafkaSecurity })).resolves.toMatchObject({
      brokers: 1,
    });
    const { address } = component('connect');
    const status = async (url: string) => (await callConnect(url, '/connectors/holdfast-cdc/config')).status;
    expect(await status(address)).toBe(401);
    expect(await status(address.replace('//', '//holdfast:wrong@'))).toBe(401);
    expect(await status(stream.connectUrl)).toBe(200);
    expect(
      all()
        .map((each) => each.address)
        .join(),
    ).not.toContain(PASSWORD);
  });

  it('keep their passwords in files for the owner alone, and out of arguments', async () => {
    const secret = ['kafka/server.properties', 'kafka/client.properties', 'connect/worker.properties'];
    for (const name of [...secret, 'connect/rest.logins', 'connect/rest.jaas'])
      expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
    for (const { pid } of all()) expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(PASSWORD);
    expect(said.join('\n')).not.toContain(PASSWORD);
  });

  it.each(['redis', 'kafka', 'connect'])(
    'start %s again after kill -9, and say so',
    async (kind) => {
      const { pid } = component(kind);
      process.kill(pid, 'SIGKILL');
      // The pid changes when the new one answers.
      await waitFor(`${kind} is running again`, async () => component(kind).pid !== pid, UP);
      expect(
        said.some((line) => line.includes(`(pid ${pid}) ended with signal SIGKILL; starting it again`)),
      ).toBe(true);
    },
    120_000,
  );

  it('make a slot again that somebody dropped', async () => {
    await waitFor('the slot is dropped', async () => {
      await db.query(
        'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active',
        [slot],
      );
      return (await db.query('SELECT pg_drop_replication_slot($1)', [slot])).rowCount;
    });
    const isRead = async () =>
      (await db.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND active', [slot])).rowCount;
    await waitFor('the new slot is read', isRead, UP);
  }, 120_000);
});

describe('a launcher that is killed', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-killed-'));
  let launcher: ChildProcess;
  afterAll(() => {
    launcher.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('leaves no server behind', async () => {
    ensureBuild();
    const built = join(REPOSITORY, 'dist/apps/cluster/src/servers/start-servers.js');
    const how = {
      ...{ dataDir, redisPassword: PASSWORD, kafkaPassword: PASSWORD, given: NOTHING_GIVEN },
    };
    const code = `require(${JSON.stringify(built)}).startServers({ ...${JSON.stringify(how)}, say: () => undefined })
      .then((servers) => console.log(JSON.stringify(servers.components())));
      setInterval(() => undefined, 1000);`;
    launcher = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((told) =>
      launcher.stdout!.once('data', (bytes) => told(String(bytes))),
    );
    const pids = (JSON.parse(line) as { pid: number }[]).map(({ pid }) => pid);
    expect(pids.filter(isAlive)).toHaveLength(2);
    launcher.kill('SIGKILL');
    await waitFor('all are gone', () => pids.filter(isAlive).length === 0, { deadlineMs: 12_000 });
  }, 200_000);
});
