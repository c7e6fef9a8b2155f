import { createServer, isIPv6 } from 'node:net';
import { ChangeStreamMisconfigured } from '@holdfast/messaging';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { StartError } from '@holdfast/process';
import { acceptMore } from '../../../gateway/src/bootstrap';

/** Says at once, before the long steps, that the port is taken. The port can still be lost until `listen`. */
export async function probePort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  }).catch((error: unknown) => {
    throw explain(error, host, port);
  });
}

/** Returns the address under which this machine reaches the product. */
export async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
    acceptMore(app);
  } catch (error) {
    throw explain(error, host, port);
  }
  const address = (app.getHttpServer() as import('node:http').Server).address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${hostForClients(host)}:${actual}`;
}

/** A wildcard is no address to connect to. */
export function hostForClients(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return isIPv6(host) ? `[${host}]` : host;
}

function explain(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} on ${host} is in use by another program: stop it, or set PORT (0 takes a free one)`,
      );
    case 'EACCES':
      return new StartError(`port ${port} on ${host} may not be used by this user: set PORT to 1024 or more`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new StartError(`HOST ${host} is no address of this machine`);
    default:
      // Listening starts the parts first; a PostgreSQL without logical replication is the operator's to set right.
      return error instanceof ChangeStreamMisconfigured ? new StartError(error.message) : error;
  }
}
