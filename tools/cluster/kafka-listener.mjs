// How the one broker of a machine is reached. Any local user can connect to loopback; only who knows the password is served. PLAIN is enough
// there: nothing leaves the machine, and a data folder of an older version need not be formatted again, as SCRAM would want it.
import { rmSync, writeFileSync } from 'node:fs';

const USERNAME = 'holdfast';

/**
 * @typedef {object} Listener
 * @property {{client: string, controller: string}} protocols in Kafka's words
 * @property {Record<string, string>} settings of the broker
 * @property {string[]} formatArgs for the first format of its storage
 * @property {import('./ask-kafka.mjs').KafkaSecurity} security what a client needs
 */

/** @param {string} password @returns {Listener} */
export function ownListener(password) {
  const login = { mechanism: 'PLAIN', username: USERNAME, password };
  const jaas = `${jaasLogin(login)} user_${USERNAME}=${quoted(password)};`;
  return {
    protocols: { client: 'SASL_PLAINTEXT', controller: 'SASL_PLAINTEXT' },
    settings: {
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'sasl.mechanism.controller.protocol': 'PLAIN',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.client.plain.sasl.jaas.config': jaas,
      'listener.name.controller.plain.sasl.jaas.config': jaas,
    },
    formatArgs: [],
    security: { login, tls: null },
  };
}

/** Settings of a Java client, e.g. a Connect worker or the console tools. @param {import('./ask-kafka.mjs').KafkaSecurity} security */
export function javaClient({ login, tls }) {
  return {
    'security.protocol': login ? (tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : tls ? 'SSL' : 'PLAINTEXT',
    ...(login && { 'sasl.mechanism': login.mechanism, 'sasl.jaas.config': `${jaasLogin(login)};` }),
    ...(tls?.ca && { 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': tls.ca }),
  };
}

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule';

function jaasLogin({ mechanism, username, password }) {
  const module = mechanism === 'PLAIN' ? PLAIN : SCRAM;
  return `${module} required username=${quoted(username)} password=${quoted(password)}`;
}

/** As the Java parser of such lines reads it. */
export const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A file with a secret in it, for its owner alone, whatever rights an older one there had. */
export function writeSecret(file, text) {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}
