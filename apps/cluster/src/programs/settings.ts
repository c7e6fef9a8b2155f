import { readVariable } from '@holdfast/config';
import { withLogin } from '../servers/connect-rest';

/** A setting of the small programs: from the environment, or from the file that `<NAME>_FILE` names. Ends the process when it is missing. */
export function requiredSetting(name: string): string {
  const value = readVariable(process.env, name, []);
  if (value) return value;
  say(`set ${name} or ${name}_FILE`);
  process.exit(2);
}

/** The address of Kafka Connect, with the login of CONNECT_USERNAME and CONNECT_PASSWORD in it if these are set. */
export function connectAddress(): string {
  const url = requiredSetting('CONNECT_URL');
  const username = readVariable(process.env, 'CONNECT_USERNAME', []);
  return username ? withLogin(url, { username, password: requiredSetting('CONNECT_PASSWORD') }) : url;
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Ends the process with the error's message. */
export function fail(error: Error): never {
  say(error.message);
  process.exit(1);
}
