import { type Login, makeLogin, openClient } from '@holdfast/postgres';

/** A login of its own with which Debezium reads, as the product makes it. */
export async function makeStreamLogin(databaseUrl: string, login: Login): Promise<void> {
  const client = await openClient({ url: databaseUrl, name: 'holdfast-test' });
  try {
    await makeLogin(client, 'stream', login);
  } finally {
    await client.end();
  }
}
