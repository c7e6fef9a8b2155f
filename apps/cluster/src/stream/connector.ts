import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { productFolder } from '@holdfast/process';

export type ConnectorConfig = Readonly<Record<string, string>>;

/** The one connector, for every way to run it. */
const CONNECTOR = JSON.parse(
  readFileSync(join(productFolder(), 'infra/debezium/connector.json'), 'utf8'),
) as { name: string; config: ConnectorConfig };

export const CONNECTOR_NAME = CONNECTOR.name;

/** `overrides` replace single settings, e.g. the slot's name when products share a server. */
export function connectorConfig(overrides: ConnectorConfig = {}): ConnectorConfig {
  return { ...CONNECTOR.config, ...overrides };
}

/** Where the connector reads and with which login, as its configuration names them. */
export function literalSource(databaseUrl: string) {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  return {
    'database.hostname': hostname.replace(/^\[|\]$/g, ''),
    'database.port': port || '5432',
    'database.dbname': decodeURIComponent(pathname.slice(1)),
    'database.user': decodeURIComponent(username),
    'database.password': decodeURIComponent(password),
  };
}
