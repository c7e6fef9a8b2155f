import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type K6Answer, runProgram } from '../k6';
import { REPOSITORY } from '../repository';

/** Runs script.js with the k6 that is built, at a small server whose events are known. */
export async function checkReader(program: string): Promise<Omit<K6Answer, 'verdict'>> {
  const server = createServer((request, response) => {
    if (request.url === '/full') return response.writeHead(503, { 'retry-after': '1' }).end('{}');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1500\nevent: snapshot\ndata: {"a":1}\ndata: more\n\n: comment\n\n');
    let id = 0;
    const timer = setInterval(() => {
      id += 1;
      response.write(`id: ${id}\nevent: stock\ndata: {"at":${Date.now()}}\n\n`);
    }, 100);
    request.on('close', () => clearInterval(timer));
    if (request.url?.includes('for=1')) setTimeout(() => response.end(), 1000);
    return response;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    return await runProgram(
      program,
      ['run', '--quiet', join(REPOSITORY, 'test/support/k6-reader/script.js')],
      {
        BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        K6_NO_USAGE_REPORT: 'true',
        K6_AUTO_EXTENSION_RESOLUTION: 'false',
      },
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
