import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';
import type { Logger } from '@holdfast/observability';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FINISH_MS_MAX } from './entrypoints/http/server/close-gently';

const CUT_MS = 500;

/** Lets the app finish its requests, then cuts the connections that are still open: everything acknowledged is durable by then. */
export async function closeApp(app: NestFastifyApplication, log: Logger): Promise<void> {
  const closed = app.close().then(() => true);
  if (await Promise.race([closed, pause(FINISH_MS_MAX, false)])) return;
  log.warn({ waitedMs: FINISH_MS_MAX }, 'closing connections that are still open');
  (app.getHttpServer() as Server).closeAllConnections();
  await Promise.race([closed.catch(() => undefined), pause(CUT_MS)]);
}
