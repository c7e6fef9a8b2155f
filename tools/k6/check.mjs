#!/usr/bin/env node
// Shows that the built k6 reads server-sent events: check.js against a small server.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ensureK6 } from './build.mjs';

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
  if (request.url.includes('for=1')) setTimeout(() => response.end(), 1000);
});
const program = await ensureK6({ say: (line) => console.error(line) });
server.listen(0, '127.0.0.1', () => {
  const env = {
    ...process.env,
    BASE: `http://127.0.0.1:${server.address().port}`,
    K6_NO_USAGE_REPORT: 'true',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
  };
  const k6 = spawn(program, ['run', '--quiet', join(import.meta.dirname, 'check.js')], {
    env,
    stdio: 'inherit',
  });
  k6.on('exit', (code) => process.exit(code ?? 1));
});
