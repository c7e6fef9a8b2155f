#!/usr/bin/env node
// Makes for docker compose, with fresh secrets: .env, once (an existing file is left alone, missing names are added), and from it the files in
// .secrets, each time. A container gets the files that it needs and nothing of .env: environments are shown to everybody who may look at
// containers, and are inherited by every child. A password is changed in .env; then run this again.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const secret = () => randomBytes(24).toString('hex');
const DEFAULTS = {
  COMPOSE_PROFILES: () => 'core,cdc',
  HOLDFAST_SECRETS: () => './.secrets',
  HOLDFAST_POSTGRES_PASSWORD: secret,
  HOLDFAST_CDC_PASSWORD: secret,
  HOLDFAST_INVENTORY_DB_PASSWORD: secret,
  HOLDFAST_CHECKOUT_DB_PASSWORD: secret,
  HOLDFAST_ACCOUNTS_DB_PASSWORD: secret,
  HOLDFAST_OPERATOR_DB_PASSWORD: secret,
  HOLDFAST_REDIS_PASSWORD: secret,
  HOLDFAST_KAFKA_PASSWORD: secret,
  HOLDFAST_CONNECT_PASSWORD: secret,
  HOLDFAST_SERVICE_KEY: secret,
  HOLDFAST_ACCOUNTS_KEY: secret,
  HOLDFAST_GRAFANA_PASSWORD: secret,
};

const database = (user, password) =>
  `postgres://${user}:${encodeURIComponent(password)}@postgres:5432/holdfast`;
/** As Java reads it. */
const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;
const kafkaLogin = (password) =>
  `org.apache.kafka.common.security.plain.PlainLoginModule required username="holdfast" password=${quoted(password)}`;

/** What each file holds, by its name among the `secrets` of docker-compose.yml. @type {Record<string, (it: Record<string, string>) => string>} */
const FILES = {
  'admin-database-url': (it) => database('holdfast', it.HOLDFAST_POSTGRES_PASSWORD),
  'inventory-database-url': (it) => database('holdfast_app_inventory', it.HOLDFAST_INVENTORY_DB_PASSWORD),
  'checkout-database-url': (it) => database('holdfast_app_checkout', it.HOLDFAST_CHECKOUT_DB_PASSWORD),
  'accounts-database-url': (it) => database('holdfast_app_accounts', it.HOLDFAST_ACCOUNTS_DB_PASSWORD),
  'stream-database-url': (it) => database('holdfast_connect', it.HOLDFAST_CDC_PASSWORD),
  'operator-database-url': (it) => database('holdfast_app_operator', it.HOLDFAST_OPERATOR_DB_PASSWORD),
  'postgres-password': (it) => it.HOLDFAST_POSTGRES_PASSWORD,
  'cdc-password': (it) => it.HOLDFAST_CDC_PASSWORD,
  'redis-url': (it) => `redis://:${encodeURIComponent(it.HOLDFAST_REDIS_PASSWORD)}@redis:6379`,
  'redis-auth': (it) => `requirepass ${it.HOLDFAST_REDIS_PASSWORD}`,
  'accounts-key': (it) => it.HOLDFAST_ACCOUNTS_KEY,
  'service-key': (it) => it.HOLDFAST_SERVICE_KEY,
  'grafana-password': (it) => it.HOLDFAST_GRAFANA_PASSWORD,
  'kafka-password': (it) => it.HOLDFAST_KAFKA_PASSWORD,
  'kafka-jaas': ({ HOLDFAST_KAFKA_PASSWORD: password }) =>
    `KafkaServer {\n  ${kafkaLogin(password)} user_holdfast=${quoted(password)};\n};`,
  'kafka-client': ({ HOLDFAST_KAFKA_PASSWORD: password }) =>
    `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${kafkaLogin(password)};`.replaceAll(
      '\\',
      '\\\\',
    ),
  'connect-password': (it) => it.HOLDFAST_CONNECT_PASSWORD,
  // The login with which it goes to Kafka, and where it finds the one of its own REST.
  'connect-jaas': (it) =>
    `KafkaClient {\n  ${kafkaLogin(it.HOLDFAST_KAFKA_PASSWORD)};\n};\n` +
    'KafkaConnect {\n  org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required file="/run/secrets/connect-logins";\n};',
  'connect-logins': (it) => `holdfast=${it.HOLDFAST_CONNECT_PASSWORD.replaceAll('\\', '\\\\')}`,
  'connect-curl': (it) => `user = ${quoted(`holdfast:${it.HOLDFAST_CONNECT_PASSWORD}`)}`,
};

const file = join(root, '.env');
if (existsSync(file)) chmodSync(file, 0o600); // whoever made it, secrets stand in it from now on
const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
const missing = Object.entries(DEFAULTS).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(text));
const lines = missing.map(([name, make]) => `${name}=${make()}\n`);
const whole = text + (text && !text.endsWith('\n') ? '\n' : '') + lines.join('');
writeFileSync(file, whole, { mode: 0o600 });

const values = Object.fromEntries(
  [...whole.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
);
const folder = resolve(root, values.HOLDFAST_SECRETS);
// The folder is its owner's alone; the files in it are mounted one by one into containers, whose users have other numbers.
mkdirSync(folder, { recursive: true, mode: 0o700 });
chmodSync(folder, 0o700);
for (const [name, make] of Object.entries(FILES)) {
  writeFileSync(join(folder, name), `${make(values)}\n`);
  chmodSync(join(folder, name), 0o644); // whatever the umask
}
console.error(
  lines.length > 0 ? `.env: made ${missing.map(([name]) => name).join(', ')}` : '.env is complete',
);
console.error(`${folder}: wrote ${Object.keys(FILES).length} files for the containers`);
