import { connect, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { waitFor } from '@holdfast/testing';
import { DROP_ID, FakeBackend, startEdge } from '../../../../../../test/support/fake-edge';

let backend: FakeBackend;
let app: NestFastifyApplication;
let port: number;
let closing: Promise<void> | undefined;

beforeEach(async () => {
  closing = undefined;
  backend = new FakeBackend();
  app = await startEdge(backend);
  await app.listen(0, '127.0.0.1');
  port = Number(new URL(await app.getUrl()).port);
});
afterEach(() => (closing ??= app.close()));

interface Conversation {
  socket: Socket;
  text(): string;
  ended: Promise<void>;
}

function talk(bytes: string): Conversation {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (more: string) => (text += more));
  socket.on('error', () => undefined); // a reset is one of the ways in which a server ends it
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (bytes) socket.write(bytes, 'latin1');
  return { socket, text: () => text, ended };
}

async function answerTo(bytes: string): Promise<string> {
  const { text, ended } = talk(bytes);
  await ended;
  return text();
}

const CLOSE = 'host: x\r\nconnection: close\r\n\r\n';

describe('bytes on the wire', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a header without a colon', `GET / HTTP/1.1\r\nnonsense\r\n${CLOSE}`, 400],
    [
      'two lengths that differ',
      `POST /v1/sessions HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n${CLOSE}`,
      400,
    ],
    [
      'a length and chunks',
      `POST /v1/sessions HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n${CLOSE}`,
      400,
    ],
    ['no Host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['headers of 20 KiB', `GET /health/live HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n${CLOSE}`, 431],
    ['many headers', `GET /health/live HTTP/1.1\r\n${'x: 123456789\r\n'.repeat(2_500)}${CLOSE}`, 431],
    ['an address of 9 KiB', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n${CLOSE}`, 414],
    ['an address of 30 KiB', `GET /${'x'.repeat(30_000)} HTTP/1.1\r\n${CLOSE}`, 414],
    [
      'a body of 70 KB',
      `POST /v1/sessions HTTP/1.1\r\ncontent-length: 70000\r\ncontent-type: application/json\r\n${CLOSE}${' '.repeat(70_000)}`,
      413,
    ],
  ])('%s: a refusal, and the server goes on', async (_what, bytes, status) => {
    expect(await answerTo(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await answerTo(`GET /health/live HTTP/1.1\r\n${CLOSE}`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is a problem document even where no request came about', async () => {
    const text = await answerTo(`GET /health/live HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n${CLOSE}`);
    expect(text).toContain('content-type: application/problem+json');
    expect(text).toContain('x-content-type-options: nosniff');
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as object;
    expect(body).toMatchObject({
      status: 431,
      code: 'headers-too-large',
      type: '/problems/headers-too-large',
    });
  });

  it('names no software', async () => {
    const text = (await answerTo(`GET /health/live HTTP/1.1\r\n${CLOSE}`)).toLowerCase();
    expect(text).not.toMatch(/x-powered-by|server:/);
  });
});

/**
 * Five seconds after the start of the shutdown every connection is closed; a shutdown that waits for that
 * takes longer.
 */
const ENDED_MS_MAX = 4_500;

describe('the end', () => {
  it('waits for the request in flight and answers it', async () => {
    let answer!: () => void;
    const asked = new Promise<void>((resolve) => {
      // A hold, since the reading of a drop is given up after a while.
      backend.inventory.getHold = () => new Promise((done) => ((answer = () => done(null)), resolve()));
    });
    const session = await app.inject({ method: 'POST', url: '/v1/sessions' });
    const { accessToken } = session.json<{ accessToken: string }>();
    const reading = talk(
      `GET /v1/holds/${DROP_ID}-h${'0'.repeat(26)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${accessToken}\r\n\r\n`,
    );
    await asked;
    closing = app.close();
    await waitFor(
      'the door to be shut',
      async () => (await answerTo('GET /health/live HTTP/1.1\r\n\r\n')) === '',
    );
    const answered = Date.now();
    answer();
    await Promise.all([closing, reading.ended]);
    expect(reading.text()).toMatch(/^HTTP\/1.1 404 /);
    expect(Date.now() - answered).toBeLessThan(ENDED_MS_MAX);
  });

  it('does not wait for connections on which nothing is asked', async () => {
    const silent = talk('');
    const idle = talk(`GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`);
    await waitFor('the first answer', () => idle.text().includes('200 OK'));
    const began = Date.now();
    closing = app.close();
    await Promise.all([closing, silent.ended, idle.ended]);
    expect(Date.now() - began).toBeLessThan(ENDED_MS_MAX);
  });
});
