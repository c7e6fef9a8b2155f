import type { KafkaLogin, KafkaSecurity } from '@holdfast/config';
import { type Properties, quoted } from './java';

const USERNAME = 'holdfast';

/** How a broker is reached. */
export interface KafkaListener {
  /** As Kafka names it. */
  protocols: { client: string; controller: string };
  /** Of the broker. */
  settings: Properties;
  /** For the first format of its storage. */
  formatArgs: readonly string[];
  /** What a client needs. */
  security: KafkaSecurity;
}

/**
 * Any local user can connect to loopback, so clients need the password. PLAIN is enough there: nothing leaves the machine, and unlike SCRAM it
 * does not require an older version's data folder to be formatted again.
 */
export function ownListener(password: string): KafkaListener {
  const login = { mechanism: 'PLAIN', username: USERNAME, password } as const;
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

/** Settings of a Java client, e.g. a Connect worker or the console tools. */
export function javaClient({ login, tls }: KafkaSecurity): Record<string, string> {
  return {
    'security.protocol': login ? (tls ? 'SASL_SSL' : 'SASL_PLAINTEXT') : tls ? 'SSL' : 'PLAINTEXT',
    ...(login && { 'sasl.mechanism': login.mechanism, 'sasl.jaas.config': `${jaasLogin(login)};` }),
    ...(tls?.ca && { 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': tls.ca }),
  };
}

const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule';

function jaasLogin({ mechanism, username, password }: KafkaLogin): string {
  const module = mechanism === 'PLAIN' ? PLAIN : SCRAM;
  return `${module} required username=${quoted(username)} password=${quoted(password)}`;
}
