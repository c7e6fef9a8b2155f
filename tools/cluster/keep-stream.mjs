#!/usr/bin/env node
// Registers the connector and looks after the change stream, where no launcher does: the service `stream` of docker-compose.yml.
// CONNECT_URL (CONNECT_USERNAME, CONNECT_PASSWORD) and DATABASE_URL say where, or the files that <NAME>_FILE names; `GET /` on PORT (8082) answers 200 while the stream is up.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { register } from '../../infra/debezium/register.mjs';
import { watchConnect } from './connect-watch.mjs';
import { connectAddress, requiredSetting } from './settings.mjs';

// A refusal comes at once, and stays until somebody mends it.
const AGAIN_MS = 2_000;

const connectUrl = connectAddress();
const databaseUrl = requiredSetting('DATABASE_URL');
const say = (line) => console.error(line);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ending.abort());

// A worker of its own container is restarted by whoever runs the containers.
const kill = () => say('Kafka Connect does not answer: restart its container');
let watch = null;
const server = createServer((_request, response) => {
  const state = watch?.state() ?? 'down';
  response
    .writeHead(state === 'up' ? 200 : 503, { 'content-type': 'application/json' })
    .end(JSON.stringify({ state }));
});
server.listen(Number(process.env.PORT ?? 8082));

// Not once but until it runs: at the first start everything else starts, too.
while (!ending.signal.aborted && !watch) {
  await register({ connectUrl, say, signal: ending.signal }).then(
    () => (watch = watchConnect({ connectUrl, databaseUrl, kill, say })),
    (error) => say(error.message),
  );
  if (!watch) await pause(AGAIN_MS, undefined, { signal: ending.signal }).catch(() => undefined);
}
if (!ending.signal.aborted) {
  await watch.look();
  say('The change stream is up');
  await new Promise((done) => ending.signal.addEventListener('abort', done));
}
await watch?.stop();
server.close();
server.closeAllConnections();
