// Registers the connector and watches the change stream where no launcher does: the service `stream` of docker-compose.yml.
// CONNECT_URL (CONNECT_USERNAME, CONNECT_PASSWORD) and DATABASE_URL say where, or the files that <NAME>_FILE names; `GET /` on PORT (8082) answers
// 200 while the stream is up.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { register } from '../stream/register';
import { StreamWatch } from '../stream/watch-stream';
import { connectAddress, fail, requiredSetting, say } from './settings';

// A refusal comes at once, and lasts until somebody corrects the settings.
const AGAIN_MS = 2_000;

async function main(): Promise<void> {
  const connectUrl = connectAddress();
  const databaseUrl = requiredSetting('DATABASE_URL');
  const ending = new AbortController();
  const { signal } = ending;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());

  let watch: StreamWatch | null = null;
  const server = createServer((_, response) => {
    const state = watch?.state ?? 'down';
    response
      .writeHead(state === 'up' ? 200 : 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ state }));
  });
  server.listen(Number(process.env['PORT'] ?? 8082));

  // Retried until it runs: at the first start everything else is starting, too.
  while (!signal.aborted && !(await isRegistered(connectUrl, signal)))
    await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  if (!signal.aborted) {
    // A worker in its own container is restarted by the container runtime.
    const kill = () => say('Kafka Connect is not responding: restart its container');
    watch = new StreamWatch({ connectUrl, databaseUrl, kill, say });
    await watch.look();
    say('The change stream is up');
    await new Promise((done) => signal.addEventListener('abort', done));
    await watch.stop();
  }
  server.close();
  server.closeAllConnections();
}

async function isRegistered(connectUrl: string, signal: AbortSignal): Promise<boolean> {
  try {
    await register({ connectUrl, say, signal });
    return true;
  } catch (error) {
    say((error as Error).message);
    return false;
  }
}

main().catch(fail);
