import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runCli } from './program';

class Collector extends Writable {
  text = '';

  constructor(private readonly onWrite: () => Error | null = () => null) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.text += chunk.toString('utf8');
    done(this.onWrite());
  }
}

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function cli(args: string[], env: Record<string, string> = {}, out = new Collector()) {
  const err = new Collector();
  const interrupted = new AbortController().signal;
  const code = await runCli({
    args,
    env: { HOLDFAST_DATA_DIR: dataDir, ...env },
    streams: { out, err },
    interrupted,
  });
  return { code, stdout: out.text, stderr: err.text };
}

function writeRunState(state: object): void {
  writeFileSync(join(dataDir, 'run.json'), JSON.stringify(state));
}

const STATE = {
  pid: process.pid,
  startedAt: '2026-11-22T00:00:00Z',
  mode: 'standalone',
  address: 'http://127.0.0.1:1',
  databaseUrl: 'postgres://holdfast@127.0.0.1:1/holdfast',
  components: [
    {
      name: 'holdfast',
      kind: 'standalone',
      pid: process.pid,
      address: 'http://127.0.0.1:1',
      version: '0.1.0',
    },
  ],
};

const COMMANDS = [
  ['import', '<file.csv>'],
  ['drop', ''],
  ['drop create', ''],
  ['drop list', ''],
  ['drop show', '<id>'],
  ['drop open', '<id>'],
  ['drop pause', '<id>'],
  ['drop resume', '<id>'],
  ['drop close', '<id>'],
  ['merchant create', '--name'],
  ['merchant list', ''],
  ['staff add', '--password-stdin'],
  ['staff link', '--reset-mfa'],
  ['audit verify', '--checkpoint'],
  ['rehearse', '--i-own-this-target'],
  ['forecast', '--drop'],
  ['rush', ''],
  ['verify', ''],
  ['payments', ''],
  ['topology', ''],
  ['seed', ''],
  ['migrate', ''],
  ['detach', ''],
];

describe('the command line', () => {
  it.each(COMMANDS)('%s explains itself on standard output and knows --json', async (command, argument) => {
    const { code, stdout, stderr } = await cli([...command.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: holdfast ${command}`);
    expect(stdout).toContain(argument);
    expect(stdout).toContain('--json');
  });

  it.each([
    [[]],
    [['drop']],
    [['frobnicate']],
    [['drop', 'frobnicate', 'd1']],
    [['drop', 'show']],
    [['drop', 'create', '--name', 'X']],
    [['drop', 'create', '--name', 'X', '--item', 'A']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1']],
    [['drop', 'create', '--name', 'X', '--item', 'A=-1@2.00']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1.5@2.00']],
    [['drop', 'create', '--name', 'X', '--item', 'A=100000001@2.00']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1@2.001']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1@free']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1@-2']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1@2.50', '--currency', 'JPY']],
    [['drop', 'create', '--name', 'X', '--item', 'A=1@2', '--item', 'A=1@2']],
    [['drop', 'create', '--name', 'X', '--item', `${'A'.repeat(101)}=1@2`]],
    [['merchant', 'create']],
    [['audit']],
    [['audit', 'verify']],
    [['audit', 'verify', '/nowhere/export.ndjson']],
    [['merchant', 'create', '--name', ' ']],
    [['staff', 'add', '--email', 'a@example.org']],
    [['staff', 'add', '--email', 'nobody', '--role', 'owner']],
    [['staff', 'add', '--email', 'a@example.org', '--role', 'root']],
    [['staff', 'link']],
    [['rush', '--drop', 'd1']],
    [['rush', '--drop', 'd1', '--shoppers', '0']],
    [['rush', '--drop', 'd1', '--shoppers', '9', '--pay', '1.1']],
    [['rush', '--drop', 'd1', '--shoppers', '9', '--pay', '-1']],
    [['rush', '--drop', 'd1', '--shoppers', '9', '--units-each', '101']],
    [['rush', '--drop', 'd1', '--shoppers', '9', '--concurrency', 'x']],
    [['rehearse']],
    [['rehearse', '--drop', 'd1', '--profile', 'flood']],
    [['rehearse', '--drop', 'd1', '--shoppers', '0']],
    [['rehearse', '--drop', 'd1', '--shoppers', '1e3']],
    [['rehearse', '--drop', 'd1', '--duration', '4']],
    [['rehearse', '--drop', 'd1', '--faults', 'redis,nginx']],
    [['rehearse', '--drop', 'd1', '--faults', 'redis,redis']],
    [['rehearse', '--drop', 'd1', '--times', '2']],
    [['rehearse', '--drop', 'd1', '--like', 'd2', '--times', '21']],
    [['rehearse', '--drop', 'd1', '--target', 'shop.example']],
    [['rehearse', '--drop', 'd1', '--target', 'http://192.0.2.1:3000']],
    [['forecast']],
    [['payments']],
    [['verify', 'extra']],
    [['migrate', '--no-such']],
  ])('calls %j wrong usage, and says why on standard error', async (args) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toBe('');
  });

  it.each([
    ['verify'],
    ['topology'],
    ['drop list'],
    ['seed'],
    ['migrate'],
    ['payments --hold h'],
    ['forecast --drop d'],
    ['rush --drop d --shoppers 1'],
  ])('%s says that no product is running, and how to start one', async (command) => {
    const { code, stdout, stderr } = await cli([...command.split(' '), '--json']);
    const told = /No product is running on .*\. Start it with `npm start`/;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringMatching(told) });
    expect(stderr).toMatch(told);
  });

  it('rehearse ends with 2 when no product is running: 1 would mean no-go', async () => {
    const { code, stdout } = await cli(['rehearse', '--drop', 'd1', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('No product is running') });
  });

  it('rehearse names the option that is wrong, and the other machine that it does not attack', async () => {
    const rehearse = async (...args: string[]) => (await cli(['rehearse', '--drop', 'd1', ...args])).stderr;
    expect(await rehearse('--shoppers', '20001')).toContain("option '--shoppers' must be at most 20000");
    expect(await rehearse('--times', '2')).toContain("option '--times' needs --like");
    const target = ['--target', 'http://192.0.2.1:3000'];
    expect(await rehearse(...target)).toMatch(/192\.0\.2\.1 is another machine.* --i-own-this-target/);
    expect(await rehearse(...target, '--i-own-this-target')).toContain('No product is running');
    expect(await rehearse('--target', 'http://[::1]:3000')).toContain('No product is running');
  });

  it('detach asks for the database that it is about, not for a running product', async () => {
    const { code, stderr } = await cli(['detach']);
    expect(code).toBe(1);
    expect(stderr).toContain('DATABASE_URL is not set');
    expect(stderr).not.toContain('npm start');
    writeRunState(STATE);
    expect((await cli(['detach'])).stderr).toContain('A product is using this database');
  });

  it('answers a program with one JSON document also when the command line is wrong', async () => {
    const { code, stdout, stderr } = await cli(['drop', 'show', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('missing required argument') });
    expect(stderr).toContain('--help');
    expect((await cli(['drop', 'show'])).stdout).toBe('');
  });

  it('takes what a killed product left behind for no product', async () => {
    writeRunState({ ...STATE, pid: 2 ** 22 + 12_345 }); // above the highest number that Linux gives
    expect((await cli(['verify'])).stderr).toContain('No product is running');
    writeFileSync(join(dataDir, 'run.json'), '{"pid": 1');
    expect((await cli(['verify'])).stderr).toContain('No product is running');
  });

  it('says in plain words that the ledger is unreachable', async () => {
    writeRunState(STATE);
    const { code, stderr } = await cli(['drop', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain('is unreachable');
    expect(stderr).not.toContain('    at ');
  });

  it('topology answers although everything is down', async () => {
    writeRunState(STATE);
    const { code, stdout } = await cli(['topology', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      mode: 'standalone',
      components: [{ ...STATE.components[0], state: 'down', lag: null }],
    });
  });

  it('names bad settings without their values', async () => {
    const { code, stderr } = await cli(['verify'], { DATABASE_URL: 'mysql://user:secret@host/db' });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
    expect(stderr).not.toContain('secret');
  });

  it('takes --json before the command as well', async () => {
    writeRunState(STATE);
    expect(JSON.parse((await cli(['--json', 'topology'])).stdout)).toHaveProperty('components');
  });

  it('does not mind when nobody reads its answer to the end', async () => {
    writeRunState(STATE);
    const closed = new Collector(() => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect((await cli(['topology', '--json'], {}, closed)).code).toBe(0);
  });

  it('ends with 130 when it is interrupted', async () => {
    writeRunState(STATE);
    const interrupt = new AbortController();
    const out = new Collector();
    const running = runCli({
      args: ['drop', 'list'],
      env: { HOLDFAST_DATA_DIR: dataDir },
      streams: { out, err: new Collector() },
      interrupted: interrupt.signal,
    });
    interrupt.abort();
    expect(await running).toBe(130);
    expect(out.text).toBe('');
  });
});
