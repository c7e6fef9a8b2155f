import { rmSync } from 'node:fs';
import { holder } from './postgres.up';

/** Ends the server that `postgres.up.ts` started, and nothing else. */
export default async function down(): Promise<void> {
  const started = holder.holdfastTestServer;
  if (!started) return;
  delete holder.holdfastTestServer;
  delete process.env['HOLDFAST_TEST_DATABASE_URL'];
  await started.server.stop();
  rmSync(started.folder, { recursive: true, force: true });
}
