// Whose connector runs in a Kafka Connect that somebody named. Topics, groups and the connector's name are the same in every product, so two of
// them on one Connect and one Kafka would take each other's counts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connector } from '../../infra/debezium/register.mjs';
import { ClusterError } from './errors.mjs';
import { askRest, withoutLogin } from './logins.mjs';

const ASK_MS = 5_000;
const SOURCE = ['database.hostname', 'database.port', 'database.dbname', 'slot.name'];

/** Where the connector reads and as whom, in the words of its configuration. */
export function literalSource({ databaseUrl }) {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  return {
    'database.hostname': hostname.replace(/^\[|\]$/g, ''),
    'database.port': port || '5432',
    'database.dbname': decodeURIComponent(pathname.slice(1)),
    'database.user': decodeURIComponent(username),
    'database.password': decodeURIComponent(password),
  };
}

/**
 * Throws `ClusterError` when the connector in that Connect reads another ledger than this product's. One that this data folder has registered is
 * its own, wherever the ledger was then.
 * @param {{connectUrl: string, databaseUrl: string, slot: string, dataDir: string}} how
 */
export async function requireOwnConnector({ connectUrl, databaseUrl, slot, dataDir }) {
  const { name } = connector();
  const there = await readConfig(connectUrl, `/connectors/${name}/config`);
  if (there === null) return;
  const found = sourceOf(there);
  const own = sourceOf({ ...literalSource({ databaseUrl }), 'slot.name': slot });
  if (same(found, own) || same(found, readNote(dataDir))) return;
  const at = withoutLogin(connectUrl);
  throw new ClusterError(
    `Kafka Connect at ${at} (CONNECT_URL) has the connector ${name} of another product: it reads ${inWords(found)}, and this product's ledger is ${inWords(own)}. ` +
      'One Kafka, one Connect and one Redis are for one product: name others in KAFKA_BROKERS, CONNECT_URL and REDIS_URL. ' +
      `If that product is gone, remove what it left: curl -X DELETE ${at}/connectors/${name}`,
  );
}

/** Remembers in the data folder what was registered. */
export function noteOwnConnector(dataDir, config) {
  mkdirSync(join(dataDir, 'cluster'), { recursive: true });
  writeFileSync(noteOf(dataDir), JSON.stringify(sourceOf(config), null, 2));
}

const noteOf = (dataDir) => join(dataDir, 'cluster', 'connector.json');
const sourceOf = (config) => Object.fromEntries(SOURCE.map((key) => [key, String(config[key] ?? '')]));
const same = (a, b) => SOURCE.every((key) => a[key] === b[key]);

function readNote(dataDir) {
  try {
    return JSON.parse(readFileSync(noteOf(dataDir), 'utf8'));
  } catch {
    return {}; // none yet
  }
}

function inWords(source) {
  const [host, port, database, slot] = SOURCE.map((key) => source[key]);
  return `${database} on ${host}:${port} (slot ${slot})`;
}

/** Null: there is none, or nobody knows; then registering it will say what is wrong. */
async function readConfig(connectUrl, path) {
  try {
    const answer = await askRest(connectUrl, path, { signal: AbortSignal.timeout(ASK_MS) });
    return answer.status === 200 ? await answer.json() : null;
  } catch {
    return null;
  }
}
