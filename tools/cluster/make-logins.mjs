#!/usr/bin/env node
// Makes the logins of the services in a PostgreSQL, where no launcher does: for the containers, and for whoever runs the services by other means.
//   DATABASE_URL=<one that may create roles and replicate> INVENTORY_DATABASE_URL=… CHECKOUT_DATABASE_URL=… STREAM_DATABASE_URL=… \
//   OPERATOR_DATABASE_URL=… node tools/cluster/make-logins.mjs
// Each names the login and the password that its service will come with (or is a file named by <NAME>_FILE). After the migrations; repeatable; a
// changed password is taken over. Needs the build.
import { createRequire } from 'node:module';
import { requiredSetting } from './settings.mjs';

const loginOf = (name) => {
  const { username, password } = new URL(requiredSetting(name));
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
};
const admin = requiredSetting('DATABASE_URL');
const logins = {
  inventory: loginOf('INVENTORY_DATABASE_URL'),
  checkout: loginOf('CHECKOUT_DATABASE_URL'),
  stream: loginOf('STREAM_DATABASE_URL'),
  operator: loginOf('OPERATOR_DATABASE_URL'),
};
const { openLogins } = createRequire(import.meta.url)('../../dist/libs/postgres/src');
try {
  const { givenBecause } = await openLogins(admin, logins);
  if (givenBecause !== null) throw new Error(`the logins cannot be used: ${givenBecause}`);
  console.error(
    `Logins: ${Object.values(logins)
      .map(({ name }) => name)
      .join(', ')}`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
