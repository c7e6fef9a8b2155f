#!/usr/bin/env node
// Makes .env for docker compose, with fresh secrets, once. An existing file is left alone; missing names are added.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const secret = () => randomBytes(24).toString('hex'); // hexadecimal: it stands in URLs
const DEFAULTS = {
  COMPOSE_PROFILES: () => 'core,cdc',
  HOLDFAST_POSTGRES_PASSWORD: secret,
  HOLDFAST_CDC_PASSWORD: secret,
  HOLDFAST_REDIS_PASSWORD: secret,
  HOLDFAST_SERVICE_KEY: secret,
  HOLDFAST_GRAFANA_PASSWORD: secret,
};

const file = join(root, '.env');
if (existsSync(file)) chmodSync(file, 0o600); // whoever made it, secrets stand in it from now on
const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
const missing = Object.entries(DEFAULTS).filter(([name]) => !new RegExp(`^${name}=`, 'm').test(text));
const lines = missing.map(([name, make]) => `${name}=${make()}\n`);
writeFileSync(file, text + (text && !text.endsWith('\n') ? '\n' : '') + lines.join(''), { mode: 0o600 });
console.error(
  lines.length > 0 ? `.env: made ${missing.map(([name]) => name).join(', ')}` : '.env is complete',
);
