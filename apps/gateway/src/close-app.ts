import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';
import type { Logger } from '@holdfast/observability';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

// After it the connections are cut and the process ends anyway: everything acknowledged is durable by then.
const CLOSE_MS = 5_000;
const CUT_MS = 500;

/** Lets the app finish what it has begun, and cuts what does not end by itself. */
export async function closeApp(app: NestFastifyApplication, log: Logger): Promise<void> {
  const closed = app.close().then(() => true);
  if (await Promise.race([closed, pause(CLOSE_MS, false)])) return;
  log.warn({ waitedMs: CLOSE_MS }, 'open connections are cut');
  (app.getHttpServer() as Server).closeAllConnections();
  await Promise.race([closed.catch(() => undefined), pause(CUT_MS)]);
}
