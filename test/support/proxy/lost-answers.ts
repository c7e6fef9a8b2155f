import { type Link, TcpProxy } from './tcp-proxy';

/** In front of an HTTP server: each request arrives and is answered, and the connection is lost before the answer passes. */
export class LostAnswers extends TcpProxy {
  /** The bodies that were lost, in order. */
  readonly bodies: string[] = [];

  protected override relay({ client, server, cut }: Link): void {
    let answer = Buffer.alloc(0);
    this.each(client, (bytes) => server.write(bytes));
    this.each(server, (bytes) => {
      answer = Buffer.concat([answer, bytes]);
      const headEnd = answer.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = answer.toString('latin1', 0, headEnd);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? NaN);
      const body = answer.subarray(headEnd + 4);
      if (body.length < length) return;
      this.bodies.push(body.toString('utf8'));
      cut();
    });
  }
}
