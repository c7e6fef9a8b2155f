import { Redis } from 'ioredis';

/** Where a Redis is: its login is optional. */
export interface RedisNode {
  host?: string;
  port: number;
  username?: string | undefined;
  password?: string | undefined;
  tls?: boolean;
}

const ASK_MS = 2_000;

/** Sends one command over a connection of its own. Rejects on an error answer, or when none comes in time. */
export async function queryRedis(
  { tls = false, ...node }: RedisNode,
  command: string,
  ...args: (string | number)[]
): Promise<string> {
  const client = new Redis({
    ...node,
    ...(tls && { tls: {} }),
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    connectTimeout: ASK_MS,
    commandTimeout: ASK_MS,
  });
  let reason: Error | null = null; // connect() itself only says that the connection was closed
  client.on('error', (error: Error) => (reason = error));
  try {
    await client.connect();
    return String(await client.call(command, ...args));
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
