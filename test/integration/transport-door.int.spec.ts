import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ServiceUnavailable } from '@holdfast/contracts';
import { remoteInventory, type TlsSetting } from '@holdfast/transport';
import { unloaded, waitFor } from '@holdfast/testing';
import { clientTls, ServiceKeys } from '../../libs/transport/src/security';
import {
  callersOf,
  holdOf,
  inventoryAt,
  KEY,
  LogBook,
  placeCommand,
  startInventory,
  type TestService,
} from './transport-support';

const ANOTHER_KEY = 'another key of the same length, yes';
const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let places = 0;

async function started(tls: TlsSetting): Promise<TestService> {
  places = 0;
  const server = await startInventory(
    {
      placeHold: async (command) => {
        places += 1;
        return { kind: 'held', hold: holdOf(command), replayed: false };
      },
    },
    { tls },
  );
  open.push(() => server.stop());
  return server;
}

async function answersWith(server: TestService, tls: TlsSetting): Promise<void> {
  const { peers, inventory } = await inventoryAt([server.address], { tls });
  expect((await inventory.placeHold(placeCommand('d1234567'))).kind).toBe('held');
  peers.close();
}

/** Sends bytes on a connection of its own and returns what came back until it was closed. */
function say(address: string, ...messages: (string | Buffer)[]): Promise<string> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), host, () => {
      for (const message of messages) socket.write(message);
    });
    socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

const frame = (packet: unknown): string => {
  const text = JSON.stringify(packet);
  return `${text.length}#${text}`;
};
const place = { left: 1_000, calls: [['placeHold', placeCommand('d1234567')]] };

describe.each(['off', 'on'] as const)('the door of a service, TLS %s', (tls) => {
  it('lets in who has the service key', async () => {
    await answersWith(await started(tls), tls);
  });

  it('refuses another key, says so on both sides, and goes on', async () => {
    const server = await started(tls);
    const log = new LogBook();
    const peers = callersOf([server.address], { key: ANOTHER_KEY, tls, log });
    open.push(() => peers.close());
    await expect(remoteInventory(peers).placeHold(placeCommand('d1234567'))).rejects.toThrow(
      ServiceUnavailable,
    );
    expect(places).toBe(0);
    expect(server.log.text()).toContain('service connection rejected');
    expect(log.text()).toContain('peer unreachable, reconnecting');
    for (const text of [server.log.text(), log.text()]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(ANOTHER_KEY);
    }
    await answersWith(server, tls);
  });

  it('refuses a call without a handshake', async () => {
    const server = await started(tls);
    const heard = await say(
      server.address,
      frame({ pattern: 'holdfast.inventory.calls', data: place, id: '1' }),
    );
    expect(heard).not.toContain('held');
    await waitFor('said in the log', () => server.log.text().includes('service connection rejected'));
    expect(places).toBe(0);
    await answersWith(server, tls);
  });

  it('survives garbage', async () => {
    const server = await started(tls);
    const garbage: (string | Buffer)[] = [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '#',
      'x#{}',
      '-5#{}',
      '4#null',
      '2#{}',
      '7#"hello"',
      '99999999999#{}',
      '10#{"pattern"',
      frame({ pattern: { a: 1 }, id: 'x' }),
      frame({ pattern: 'holdfast.hello', data: null, id: '1' }),
      frame({ pattern: 'holdfast.hello', data: { nonce: 7 }, id: '1' }),
      frame({ pattern: 'holdfast.proof', data: { proof: '' }, id: '1' }),
      frame({ pattern: 'holdfast.pulse', data: 0, id: '1' }),
      frame({ pattern: '__proto__', data: 0, id: '1' }),
      `${'['.repeat(100_000)}`,
      randomBytes(70_000),
    ];
    await Promise.all(garbage.map((bytes) => say(server.address, bytes)));
    expect(places).toBe(0);
    await answersWith(server, tls);
  });
});

it('a stranger gets one answer at most: a hello without a nonce gets none', async () => {
  const server = await started('off');
  const hello = frame({ pattern: 'holdfast.hello', data: { nonce: '' }, id: '1' });
  expect(await say(server.address, hello, hello)).toBe('');
  expect(server.log.text()).toContain('wrong service key');
});

it.each(['off', 'on'] as const)('a stranger gets no memory beyond a handshake, TLS %s', async (tls) => {
  const server = await started(tls);
  const filled = Buffer.alloc(5_000, 0x20);
  if (tls === 'off') await say(server.address, '16000000#', filled);
  else await sayWithTls(server.address, Buffer.concat([Buffer.from('16000000#'), filled]));
  expect(server.log.text()).toContain('message too long');
  await answersWith(server, tls);
});

it.each(['off', 'on'] as const)('strangers keep nobody out who has the key, TLS %s', async (tls) => {
  const server = await started(tls);
  const [host, port] = server.address.split(':') as [string, string];
  const strangers = Array.from({ length: 100 }, () => connect(Number(port), host));
  for (const stranger of strangers) stranger.on('error', () => undefined);
  open.push(() => strangers.forEach((stranger) => stranger.destroy()));
  await waitFor('the oldest gone', () =>
    server.log.text().includes('too many connections before their handshake'),
  );
  await answersWith(server, tls);
});

it('a frame of a known caller that is too long ends its connection and nothing else', async () => {
  const server = await started('off');
  const known = await greeted(server.address);
  open.push(() => known.destroy());
  const closed = new Promise((resolve) => known.once('close', resolve));
  known.write(`${64 * 1024 * 1024}#`);
  known.write(Buffer.alloc(20 * 1024 * 1024, 0x20));
  await closed;
  expect(server.log.text()).toContain('message too long');
  await answersWith(server, 'off');
});

it('a known caller that reads no answers loses its connection, not the service its memory', async () => {
  const description = 'x'.repeat(1024 * 1024);
  const server = await startInventory({
    getDrop: async () => ({ description }) as never,
    placeHold: async (command) => ({ kind: 'held', hold: holdOf(command), replayed: false }),
  });
  open.push(() => server.stop());
  const known = await greeted(server.address);
  open.push(() => known.destroy());
  const closed = new Promise((resolve) => known.once('close', resolve));
  known.pause();
  const calls = Array.from({ length: 200 }, () => ['getDrop', 'd1234567']);
  known.write(frame({ pattern: 'holdfast.inventory.calls', data: { left: 10_000, calls }, id: '3' }));
  await waitFor('the refusal', () => server.log.text().includes('messages are not read'));
  known.resume();
  await closed;
  await answersWith(server, 'off');
});

/** A connection that has shown the key, as a peer makes it. */
function greeted(address: string): Promise<Socket> {
  const [host, port] = address.split(':') as [string, string];
  const keys = new ServiceKeys(KEY);
  const socket = connect(Number(port), host);
  socket.on('error', () => undefined);
  socket.write(frame({ pattern: 'holdfast.hello', data: { nonce: 'mine' }, id: '1' }));
  return new Promise((resolve) => {
    let heard = '';
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
      const nonce = /"nonce":"([^"]+)"/.exec(heard)?.[1];
      if (nonce !== undefined && !heard.includes('"response":true')) {
        const proof = keys.proof('client', 'mine', nonce);
        socket.write(frame({ pattern: 'holdfast.proof', data: { proof }, id: '2' }));
      } else if (heard.includes('"response":true')) resolve(socket);
    });
  });
}

/** A stranger cannot speak TLS here; a client with the key can send more than a handshake needs. */
function sayWithTls(address: string, bytes: Buffer): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  return new Promise((resolve) => {
    const socket = connectTls({ host, port: Number(port), ...clientTls(new ServiceKeys(KEY)) }, () =>
      socket.write(bytes),
    );
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

it('a connection without a handshake is closed after three seconds', async () => {
  const server = await started('off');
  const begun = performance.now();
  await say(server.address);
  expect(unloaded(performance.now() - begun)).toBeLessThan(8_000);
  expect(server.log.text()).toContain('no handshake in time');
});

/**
 * Connects, resets the connection and connects again from the same port. The port is below those that the kernel gives
 * to others and those of the product's servers, so that nobody takes it in between; if it is in use, another is tried.
 */
async function twiceFromOnePort(server: { host: string; port: number }): Promise<Socket> {
  return waitFor('a free local port', async () => {
    const localPort = 10_000 + Math.floor(10_000 * Math.random());
    const first = connect({ ...server, localPort });
    await once(first, 'connect');
    // At once, so that the server accepts the second before it knows the end of the first.
    first.resetAndDestroy();
    const second = connect({ ...server, localPort });
    await once(second, 'connect');
    expect(second.localPort).toBe(localPort);
    return second;
  });
}

it('a stranger that connects again from the same port is closed after three seconds, too', async () => {
  const server = await started('off');
  const [host, port] = server.address.split(':') as [string, string];
  const second = await twiceFromOnePort({ host, port: Number(port) });
  open.push(() => second.destroy());
  second.resume();
  await once(second, 'close');
});

it('a proof that was made for another handshake opens nothing', async () => {
  const server = await started('off');
  const heard = await say(
    server.address,
    frame({ pattern: 'holdfast.hello', data: { nonce: 'mine' }, id: '1' }),
    frame({ pattern: 'holdfast.proof', data: { proof: randomBytes(32).toString('base64url') }, id: '2' }),
    frame({ pattern: 'holdfast.inventory.calls', data: place, id: '3' }),
  );
  expect(heard).toContain('"proof"');
  expect(heard).not.toContain('held');
  expect(places).toBe(0);
});

it('frames of a known caller that are no calls get no answer that could be believed', async () => {
  const server = await started('off');
  const { peers } = await inventoryAt([server.address]);
  open.push(() => peers.close());
  for (const call of [
    ['constructor'],
    ['toString', 1],
    ['placeHold'],
    ['placeHold', null],
    ['__proto__', {}],
  ]) {
    const answer = peers.call(call as [string], { key: undefined, deadlineMs: 10_000 });
    await expect(answer).rejects.toThrow('bad request');
  }
  await expect(peers.call(['x'.repeat(41)], { key: undefined, deadlineMs: 10_000 })).rejects.toThrow();
  await answersWith(server, 'off');
});

describe('TLS', () => {
  it('is on by itself when the address is not of this machine alone', async () => {
    places = 0;
    const server = await startInventory({ getDrop: async () => null }, { listen: '0.0.0.0:0', tls: 'auto' });
    open.push(() => server.stop());
    const port = server.address.split(':')[1]!;
    const { inventory, peers } = await inventoryAt([`127.0.0.1:${port}`], { tls: 'on' });
    open.push(() => peers.close());
    expect(await inventory.getDrop('d1234567')).toBeNull();
    const plain = callersOf([`127.0.0.1:${port}`], { tls: 'off' });
    open.push(() => plain.close());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(plain.usable).toBe(false);
  });

  it('is refused to who has no key, even with the right cipher', async () => {
    const server = await started('on');
    const port = Number(server.address.split(':')[1]);
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectTls({
        host: '127.0.0.1',
        port,
        ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
        maxVersion: 'TLSv1.2',
        pskCallback: () => ({ psk: Buffer.alloc(32), identity: 'holdfast' }),
        checkServerIdentity: () => undefined,
      });
      socket.on('secureConnect', () => resolve('connected'));
      socket.on('error', (error) => resolve(error.message));
      socket.on('close', () => resolve('closed'));
    });
    expect(outcome).not.toBe('connected');
    await waitFor('said in the log', () => server.log.text().includes('no TLS with our service key'));
  });

  it('is refused to who brings ordinary TLS without a key', async () => {
    const server = await started('on');
    const port = Number(server.address.split(':')[1]);
    const outcome = await new Promise<string>((resolve) => {
      const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
      socket.on('secureConnect', () => resolve('connected'));
      socket.on('error', (error) => resolve(error.message));
    });
    expect(outcome).not.toBe('connected');
    await answersWith(server, 'on');
  });
});
