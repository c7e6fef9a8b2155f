import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface FakePooler {
  url: string;
  close(): void;
}

/**
 * Answers like a connection pooler in front of `databaseUrl`. `refuses`: as PgBouncer does by default, it takes no settings with the first packet.
 * `drops`: as one that was told to ignore them (`ignore_startup_parameters = options`), it leaves them out and passes the rest on.
 */
export async function startFakePooler(databaseUrl: string, manner: 'refuses' | 'drops'): Promise<FakePooler> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      if (manner === 'refuses') return void socket.end(refusal());
      const behind = connect(Number(target.port), target.hostname);
      sockets.add(behind);
      behind.on('error', () => undefined);
      behind.write(withoutOptions(first));
      socket.pipe(behind).pipe(socket);
    });
  });
  await new Promise<void>((up) => server.listen(0, '127.0.0.1', up));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Length, protocol, then names and values, each with a zero behind it; a zero ends it. */
function withoutOptions(packet: Buffer): Buffer {
  const words = packet.subarray(8).toString('utf8').split('\0');
  const kept: string[] = [];
  for (let i = 0; i + 1 < words.length && words[i] !== ''; i += 2)
    if (words[i] !== 'options') kept.push(words[i]!, words[i + 1]!);
  const body = Buffer.from(`${kept.join('\0')}\0\0`);
  const head = Buffer.from(packet.subarray(0, 8));
  head.writeInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
}

/** An ErrorResponse in PgBouncer's words. */
function refusal(): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C08P01', 'Munsupported startup parameter: options', ''];
  const body = Buffer.from(`${fields.join('\0')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
