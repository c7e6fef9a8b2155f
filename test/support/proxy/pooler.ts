import { type Link, TcpProxy } from './tcp-proxy';

/** Answers like PgBouncer by default: it takes no settings with the first packet. */
export class RefusingPooler extends TcpProxy {
  protected override relay({ client }: Link): void {
    client.once('data', () => void client.end(refusal()));
  }
}

/** Answers like a pooler that was told to ignore settings (`ignore_startup_parameters = options`): it leaves them out and passes the rest on. */
export class DroppingPooler extends TcpProxy {
  protected override relay({ client, server }: Link): void {
    client.once('data', (first) => {
      server.write(withoutOptions(first));
      client.pipe(server).pipe(client);
    });
  }
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
