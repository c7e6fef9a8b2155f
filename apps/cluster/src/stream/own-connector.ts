import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '@holdfast/process';
import { callConnect, withoutLogin } from '../servers/connect-rest';
import { CONNECTOR_NAME, type ConnectorConfig, literalSource } from './connector';

const SOURCE = ['database.hostname', 'database.port', 'database.dbname', 'slot.name'] as const;

type Source = Record<(typeof SOURCE)[number], string>;

export interface OwnConnectorOptions {
  connectUrl: string;
  databaseUrl: string;
  slot: string;
  dataDir: string;
}

/**
 * Throws `StartError` when the connector in that Connect reads another product's ledger: topics, groups and the connector's name are the same in
 * every product, so two of them on one Connect and one Kafka would read each other's counts. A connector that this data folder has registered is
 * its own, wherever the ledger was then.
 */
export async function requireOwnConnector(options: OwnConnectorOptions): Promise<void> {
  const { connectUrl, databaseUrl, slot, dataDir } = options;
  const there = await readConfig(connectUrl);
  if (there === null) return;
  const found = sourceOf(there);
  const own = sourceOf({ ...literalSource(databaseUrl), 'slot.name': slot });
  if (same(found, own) || same(found, readNote(dataDir))) return;
  const at = withoutLogin(connectUrl);
  throw new StartError(
    `Kafka Connect at ${at} (CONNECT_URL) has the connector ${CONNECTOR_NAME} of another product: it reads ${inWords(found)}, and this product's ledger is ${inWords(own)}. ` +
      'One Kafka, one Connect and one Redis are for one product: name others in KAFKA_BROKERS, CONNECT_URL and REDIS_URL. ' +
      `If that product is gone, remove what it left: curl -X DELETE ${at}/connectors/${CONNECTOR_NAME}`,
  );
}

/** Records in the data folder what was registered. */
export function noteOwnConnector(dataDir: string, config: ConnectorConfig): void {
  mkdirSync(join(dataDir, 'cluster'), { recursive: true });
  writeFileSync(noteOf(dataDir), JSON.stringify(sourceOf(config), null, 2));
}

const noteOf = (dataDir: string) => join(dataDir, 'cluster', 'connector.json');
const same = (a: Source, b: Partial<Source>) => SOURCE.every((key) => a[key] === b[key]);

function sourceOf(config: ConnectorConfig): Source {
  return Object.fromEntries(SOURCE.map((key) => [key, String(config[key] ?? '')])) as Source;
}

function readNote(dataDir: string): Partial<Source> {
  try {
    return JSON.parse(readFileSync(noteOf(dataDir), 'utf8')) as Partial<Source>;
  } catch {
    return {}; // none yet
  }
}

function inWords(source: Source): string {
  const [host, port, database, slot] = SOURCE.map((key) => source[key]);
  return `${database} on ${host}:${port} (slot ${slot})`;
}

/** Null: there is none, or it cannot be read; registering it then reports what is wrong. */
async function readConfig(connectUrl: string): Promise<ConnectorConfig | null> {
  try {
    const { status, body } = await callConnect(connectUrl, `/connectors/${CONNECTOR_NAME}/config`);
    return status === 200 ? (body as ConnectorConfig) : null;
  } catch {
    return null;
  }
}
