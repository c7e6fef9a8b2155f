import { get } from 'node:http';
import { type OpsCheck, type OpsServer, startOpsServer } from './ops-server';

const metrics = { contentType: 'text/plain', render: () => Promise.resolve('figures 1\n') };
const up = (name: string, needed = true): OpsCheck => ({ name, needed, probe: async () => ({ lagMs: 3 }) });
const down = (name: string, needed = true): OpsCheck => ({
  name,
  needed,
  probe: () => Promise.reject(new Error('is away')),
});

describe('the ops address of a process', () => {
  let server: OpsServer;
  afterEach(() => server.close());

  async function ask(path: string, checks: OpsCheck[]) {
    server = await startOpsServer({ host: '127.0.0.1', port: 0, checks, metrics, about: { service: 'x' } });
    return read(path);
  }
  async function read(path: string) {
    const response = await fetch(`http://${server.address}${path}`);
    return { status: response.status, text: await response.text() };
  }

  it('is ready while all that is needed answers, and says what else is down', async () => {
    const { status, text } = await ask('/health/ready', [up('ledger'), down('redis', false)]);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      status: 'ok',
      service: 'x',
      details: { ledger: { status: 'up', lagMs: 3 }, redis: { status: 'down', reason: 'is away' } },
    });
  });

  it('is not ready without what is needed, and lives all the same', async () => {
    expect((await ask('/health/ready', [up('redis', false), down('ledger')])).status).toBe(503);
    expect((await read('/health/live')).status).toBe(200);
  });

  it('gives the figures, and nothing else', async () => {
    expect(await ask('/metrics', [])).toEqual({ status: 200, text: 'figures 1\n' });
    expect((await read('/anything')).status).toBe(404);
  });

  it('asks once for a crowd of probes', async () => {
    let asked = 0;
    const check = { name: 'ledger', needed: true, probe: async () => ({ asked: (asked += 1) }) };
    await ask('/health/ready', [check]);
    for (const answer of await Promise.all(Array.from({ length: 50 }, () => read('/health/ready'))))
      expect(answer.status).toBe(200);
    expect(asked).toBeLessThan(10);
  });

  it('answers nothing to a page that calls this machine by a name of its own, nor through a proxy', async () => {
    await ask('/metrics', []);
    const foreign: Record<string, string>[] = [
      { host: 'evil.example' },
      { 'x-forwarded-for': '203.0.113.1' },
      { via: '1.1 proxy' },
    ];
    for (const headers of foreign)
      for (const path of ['/metrics', '/health/ready', '/health/live'])
        expect(await statusOf(path, headers)).toBe(403);
    expect(await statusOf('/metrics', { host: 'localhost' })).toBe(200);
  });

  /** `fetch` sends a Host of its own. */
  function statusOf(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      get(`http://${server.address}${path}`, { headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode!);
      }).on('error', reject);
    });
  }
});
