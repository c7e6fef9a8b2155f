import childProcess from 'node:child_process';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '@holdfast/config';
import { SecurityEvents } from '@holdfast/observability';
import { waitFor } from '@holdfast/testing';
import { aDrop, DROP_ID, FakeBackend, startEdge } from '../../../../../../../test/support/fake-edge';
import { acceptMore } from '../../../../bootstrap';
import type { ConnectionSettings } from './connection-settings';

let app: NestFastifyApplication | undefined;
let backend: FakeBackend;
const talks: Talk[] = [];

beforeEach(() => (backend = new FakeBackend()));
afterEach(async () => {
  for (const { socket } of talks.splice(0)) socket.destroy();
  await app?.close();
  app = undefined;
});

async function started(settings: Partial<AppConfig>, connections: Partial<ConnectionSettings> = {}) {
  app = await startEdge(backend, settings, [], { lookEveryMs: 50, ...connections });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const port = Number(new URL(await app.getUrl()).port);
  const events = app.get(SecurityEvents);
  const open = () => new Promise<number>((done) => server.getConnections((_, n) => done(n)));
  return {
    server,
    events,
    open,
    talk: (bytes?: string, localAddress?: string) => talk(port, bytes, localAddress),
  };
}

interface Talk {
  socket: Socket;
  text(): string;
  closed(): boolean;
}

/** A client that never closes by itself, and sends these bytes first. */
function talk(port: number, bytes = '', localAddress = '127.0.0.1'): Talk {
  const socket = connect({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
  let text = '';
  let closed = false;
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  socket.on('error', () => undefined); // a reset is one of the ways in which a server ends it
  socket.on('end', () => (closed = true)).on('close', () => (closed = true));
  if (bytes) socket.write(bytes, 'latin1');
  const it = { socket, text: () => text, closed: () => closed };
  talks.push(it);
  return it;
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
const alive = get('/health/live');
const live = (more = '') => get(`/v1/drops/${DROP_ID}/live`, more);
const isOpen = ({ text }: Talk) => text().startsWith('HTTP/1.1 200');

describe('a refused connection', () => {
  it.each([
    ['that never says what it wants', 'GET / HT', 408],
    ['that never sends its body', 'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{', 408],
    ['that sends no HTTP', 'hello\r\n\r\n', 400],
    ['that sends too much', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s is gone soon after its answer, though the client stays', async (_, bytes, status) => {
    const { open, talk, events } = await started({}, { completeMs: 200, refusedMs: 200 });
    const clients = Array.from({ length: 20 }, () => talk(bytes));
    await waitFor('all answers', () => clients.every(({ text }) => text().startsWith(`HTTP/1.1 ${status}`)));
    await waitFor('no connection left', async () => (await open()) === 0);
    expect(events.count(status === 408 ? 'request-timeout' : 'broken-request')).toBe(20);
  });
});

describe('connections of one address', () => {
  it('are refused beyond their number, and others are not', async () => {
    const { talk, events } = await started({ limits: true }, { ofAddressMax: 3 });
    const first = [talk(alive), talk(alive), talk(alive)];
    await waitFor('three answers', () => first.every(isOpen));
    const fourth = talk(alive);
    await waitFor('the fourth closed', () => fourth.closed());
    expect(fourth.text()).toBe('');
    expect(events.count('connection-refused')).toBe(1);
    const other = talk(alive, '127.0.0.2');
    await waitFor('an answer for the neighbour', () => isOpen(other));
    first[0]!.socket.destroy();
    await waitFor('a place again', async () => {
      const next = talk(alive);
      await waitFor('an outcome', () => next.closed() || isOpen(next));
      return isOpen(next);
    });
  });

  it.each([
    ['limits are off', { limits: false }],
    ['the peer is a proxy of ours', { limits: true, proxyHops: 1 }],
  ])('are not counted when %s', async (_, settings) => {
    const { talk } = await started(settings, { ofAddressMax: 1 });
    const all = [talk(alive), talk(alive), talk(alive)];
    await waitFor('all answers', () => all.every(isOpen));
  });

  it('are closed when idle', async () => {
    const { talk, open } = await started({}, { idleMs: 100 });
    const idle = talk(alive);
    await waitFor('the answer', () => isOpen(idle));
    await waitFor('no connection left', async () => (await open()) === 0);
  });
});

it('more connections than the process can have are refused, and said', async () => {
  const { server, talk, events } = await started({});
  expect(server.maxConnections).toBeGreaterThan(50);
  server.maxConnections = 2;
  const first = [talk(alive), talk(alive)];
  await waitFor('two answers', () => first.every(isOpen));
  const third = talk(alive);
  await waitFor('the third closed', () => third.closed());
  expect(events.count('descriptors-low')).toBe(1);
});

describe('a crowd that comes at once', () => {
  it('is accepted several in each turn of the loop, counted, and waited for at the end', async () => {
    const { talk, server } = await started({});
    const accepted = jest.fn();
    server.on('connection', accepted);
    const waitForMore = jest.fn();
    server.on('connection', (socket) => {
      if (!socket.allowHalfOpen || !sendsAtOnce(socket)) waitForMore();
    });
    acceptMore(app!);
    const most = () => {
      let [turn, best] = [0, 0];
      accepted.mockImplementation(() => (best = Math.max(best, (turn += 1))));
      let going = true;
      const next = () => {
        turn = 0;
        if (going) setImmediate(next);
      };
      next();
      return { stop: () => void (going = false), best: () => best };
    };
    const turns = most();
    await waitFor('more than one in a turn', async () => {
      const crowd = Array.from({ length: 40 }, () => talk(alive));
      await waitFor('all answers', () => crowd.every(isOpen));
      return turns.best() > 3;
    }).finally(turns.stop);
    expect(waitForMore).not.toHaveBeenCalled();
    let answer!: () => void;
    const asked = new Promise<void>((resolve) => {
      backend.inventory.getDrop = () => new Promise((done) => ((answer = () => done(null)), resolve()));
    });
    let requests = 0;
    server.on('request', () => (requests += 1));
    const waiting = Array.from({ length: 12 }, () => talk(get('/v1/drops/d7654321')));
    await asked;
    await waitFor('all requests', () => requests === 12);
    const closed = app!.close();
    answer();
    await closed;
    app = undefined;
    await waitFor('answers of all', () => waiting.every(({ text }) => text().startsWith('HTTP/1.1 404')));
  });

  it('is served by the one handle where no process can be started', async () => {
    const { talk } = await started({});
    const spawn = jest.spyOn(childProcess, 'spawn').mockImplementation(() => {
      throw new Error('spawn EPERM');
    });
    expect(() => acceptMore(app!)).not.toThrow();
    expect(spawn).toHaveBeenCalled();
    spawn.mockRestore();
    const client = talk(alive);
    await waitFor('the answer', () => isOpen(client));
  });
});

/** Whether the socket was opened without Nagle's algorithm; Node tells it nowhere else. */
function sendsAtOnce(socket: Socket): boolean {
  const name = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kSetNoDelay');
  return name !== undefined && (socket as unknown as Record<symbol, unknown>)[name] === true;
}

describe('live streams of one address', () => {
  it('are 50, on any connections; the next one gets Retry-After', async () => {
    const { talk, events } = await started({ limits: true });
    const streams = Array.from({ length: 50 }, () => talk(live()));
    await waitFor('50 streams', () => streams.every(isOpen));
    const next = talk(live());
    await waitFor('a refusal', () => next.text().includes('"quota-exceeded"'));
    expect(next.text()).toMatch(/^HTTP\/1.1 429 /);
    expect(next.text()).toMatch(/\r\nretry-after: \d+\r\n/i);
    expect(next.text()).toContain('"address-streams";r=0');
    expect(events.count('stream-refused')).toBe(1);
    const other = talk(live(), '127.0.0.2');
    await waitFor('a stream for the neighbour', () => isOpen(other));
    streams[0]!.socket.destroy();
    await waitFor('a place again', async () => {
      const again = talk(live());
      await waitFor('an outcome', () => again.text() !== '');
      return isOpen(again);
    });
  });

  it('are counted by the address that our proxy tells', async () => {
    const { talk } = await started({ limits: true, proxyHops: 1 });
    const of = (address: string) => talk(live(`x-forwarded-for: ${address}\r\n`));
    const streams = Array.from({ length: 50 }, () => of('203.0.113.1'));
    await waitFor('50 streams', () => streams.every(isOpen));
    const [next, other] = [of('203.0.113.1'), of('203.0.113.2')];
    await waitFor('a refusal', () => next!.text().startsWith('HTTP/1.1 429 '));
    await waitFor('a stream for another', () => isOpen(other!));
  });

  it('leave no place taken where there was no stream', async () => {
    const { talk } = await started({ limits: true });
    const unknown = Array.from({ length: 60 }, () => talk(get('/v1/drops/d7654321/live')));
    await waitFor('60 answers', () => unknown.every(({ text }) => text().startsWith('HTTP/1.1 404')));
    const stream = talk(live());
    await waitFor('a stream', () => isOpen(stream));
  });
});

describe('a client that does not read', () => {
  const BIG = 2 * 1024 * 1024;

  it('is cut off after a while, with all that waited for it', async () => {
    backend.drops.set(DROP_ID, aDrop({ description: 'x'.repeat(BIG) }));
    const { talk, open, events } = await started({}, { unreadMs: 300 });
    const silent = talk();
    silent.socket.pause();
    silent.socket.write(get(`/v1/drops/${DROP_ID}`).repeat(10));
    await waitFor('the cut', () => events.count('slow-reader') === 1);
    await waitFor('no connection left', async () => (await open()) === 0);
  });

  it('is not taken for one that reads', async () => {
    backend.drops.set(DROP_ID, aDrop({ description: 'x'.repeat(BIG) }));
    const { talk, events } = await started({}, { unreadMs: 300 });
    const reader = talk(get(`/v1/drops/${DROP_ID}`).repeat(10));
    await waitFor('all of it', () => reader.text().length > 10 * BIG);
    expect(events.count('slow-reader')).toBe(0);
  });
});

describe('requests behind one another', () => {
  it('are answered in order while they are few', async () => {
    const { talk } = await started({});
    const client = talk(get(`/v1/drops/${DROP_ID}`).repeat(10));
    await waitFor('ten answers', () => client.text().split('HTTP/1.1 200').length === 11);
  });

  it('end the connection when they are a flood', async () => {
    const { talk, open, events } = await started({});
    const client = talk(get(`/v1/drops/${DROP_ID}`).repeat(1_000));
    await waitFor('the end of it', async () => client.closed() && (await open()) === 0);
    expect(events.count('pipelined-requests')).toBe(1);
    const next = talk(alive);
    await waitFor('an answer for the next', () => isOpen(next));
  });
});
