import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findJava, quoted } from '../../apps/cluster/src/servers/java';
import type { KafkaListener } from '../../apps/cluster/src/servers/kafka-listener';

const KEYSTORE_PASSWORD = 'only-for-this-test';

/** As at somebody's hosted Kafka: encrypted, with SCRAM, by a certificate that no authority knows. Makes its key in `dir`. */
export function scramOverTls(dir: string, username: string, password: string): KafkaListener {
  const keystore = join(dir, 'kafka.p12');
  const ca = makeCertificate(keystore);
  const mechanism = 'SCRAM-SHA-512';
  const jaas = `org.apache.kafka.common.security.scram.ScramLoginModule required username=${quoted(username)} password=${quoted(password)};`;
  return {
    protocols: { client: 'SASL_SSL', controller: 'PLAINTEXT' },
    settings: {
      'sasl.enabled.mechanisms': mechanism,
      'sasl.mechanism.inter.broker.protocol': mechanism,
      'listener.name.client.scram-sha-512.sasl.jaas.config': jaas,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.location': keystore,
      'ssl.keystore.password': KEYSTORE_PASSWORD,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': ca,
    },
    formatArgs: ['--add-scram', `${mechanism}=[name=${username},password=${password}]`],
    security: { login: { mechanism, username, password }, tls: { ca } },
  };
}

/** Java's own tool: wherever a broker runs it is there. Returns the certificate. */
function makeCertificate(keystore: string): string {
  const { command: java } = findJava();
  const keytool = java === 'java' ? 'keytool' : join(dirname(java), 'keytool');
  const store = [
    '-keystore',
    keystore,
    '-storetype',
    'PKCS12',
    '-storepass',
    KEYSTORE_PASSWORD,
    '-alias',
    'kafka',
  ];
  const subject = ['-dname', 'CN=localhost', '-ext', 'san=dns:localhost,ip:127.0.0.1', '-validity', '2'];
  const quiet = { stdio: ['ignore', 'ignore', 'pipe'] as ('ignore' | 'pipe')[] };
  execFileSync(
    keytool,
    ['-genkeypair', ...store, '-keyalg', 'EC', '-groupname', 'secp256r1', ...subject],
    quiet,
  );
  const file = `${keystore}.pem`;
  execFileSync(keytool, ['-exportcert', '-rfc', ...store, '-file', file], quiet);
  return readFileSync(file, 'utf8');
}
