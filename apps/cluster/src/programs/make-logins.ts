// Creates the services' logins in PostgreSQL where no launcher does: for containers, and for services that are run by other means.
//   DATABASE_URL=<one that may create roles and replicate> INVENTORY_DATABASE_URL=… CHECKOUT_DATABASE_URL=… ACCOUNTS_DATABASE_URL=… \
//   STREAM_DATABASE_URL=… OPERATOR_DATABASE_URL=… node dist/apps/cluster/src/programs/make-logins.js
// Each names the login and password of its service (or is in a file named by <NAME>_FILE). Runs after the migrations; repeatable; a changed
// password is applied.
import { type Login, openLogins } from '@holdfast/postgres';
import { fail, requiredSetting, say } from './settings';

function loginOf(name: string): Login {
  const { username, password } = new URL(requiredSetting(name));
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function main(): Promise<void> {
  const admin = requiredSetting('DATABASE_URL');
  const logins = {
    inventory: loginOf('INVENTORY_DATABASE_URL'),
    checkout: loginOf('CHECKOUT_DATABASE_URL'),
    accounts: loginOf('ACCOUNTS_DATABASE_URL'),
    stream: loginOf('STREAM_DATABASE_URL'),
    operator: loginOf('OPERATOR_DATABASE_URL'),
  };
  const { givenBecause } = await openLogins(admin, logins);
  if (givenBecause !== null) throw new Error(`the logins cannot be used: ${givenBecause}`);
  const names = Object.values(logins).map(({ name }) => name);
  say(`Logins: ${names.join(', ')}`);
}

main().catch(fail);
