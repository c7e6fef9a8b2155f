// Settings of the plain tools, where no product reads them: each from the environment, or from the file that `<NAME>_FILE` names.
import { readFileSync } from 'node:fs';
import { withLogin } from './logins.mjs';

/** @returns {string|undefined} */
export function setting(name) {
  const file = process.env[`${name}_FILE`];
  return (file ? readFileSync(file, 'utf8').trim() : process.env[name]) || undefined;
}

/** Ends the process when it is missing. */
export function requiredSetting(name) {
  const value = setting(name);
  if (value) return value;
  console.error(`set ${name} or ${name}_FILE`);
  process.exit(2);
}

/** The address of Kafka Connect, with the login of CONNECT_USERNAME and CONNECT_PASSWORD in it if these are set. */
export function connectAddress() {
  const url = requiredSetting('CONNECT_URL');
  const username = setting('CONNECT_USERNAME');
  return username ? withLogin(url, { username, password: requiredSetting('CONNECT_PASSWORD') }) : url;
}
