import { type KafkaSecurity, OPEN_KAFKA } from '@holdfast/config';
import { withDeadline } from '@holdfast/kernel';
import { clientSecurity } from '@holdfast/messaging';
import { Kafka, logLevel } from 'kafkajs';
import { FinalError } from './final-error';

export interface AskBrokerOptions {
  /** `host:port` */
  broker: string;
  security?: KafkaSecurity;
  timeoutMs?: number;
}

/**
 * Requests the cluster's metadata from a broker, with the client library of the services, so that both see the same. Rejects when there is no
 * complete answer in time; with `FinalError` when a retry is useless.
 */
export async function queryBroker({
  broker,
  security = OPEN_KAFKA,
  timeoutMs = 1_000,
}: AskBrokerOptions): Promise<{ brokers: number; controllerId: number }> {
  const admin = new Kafka({
    brokers: [broker],
    clientId: 'holdfast',
    ...clientSecurity(security),
    connectionTimeout: timeoutMs,
    authenticationTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  }).admin();
  const asked = (async () => {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return { brokers: brokers.length, controllerId: controller ?? -1 };
  })();
  try {
    return await withDeadline('the broker', 2 * timeoutMs, asked); // the library's own deadlines cover one step each
  } catch (error) {
    throw inPlainWords(error as Error, security);
  } finally {
    await withDeadline('the broker', timeoutMs, admin.disconnect()).catch(() => undefined);
  }
}

function inPlainWords(error: Error, { login, tls }: KafkaSecurity): Error {
  const { name, message } = error;
  if (
    name === 'KafkaJSSASLAuthenticationError' ||
    /SASL mechanism|not supported by the server/i.test(message)
  )
    return new FinalError(
      `it refuses the login ${login?.username} by ${login?.mechanism} (KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM)`,
    );
  if (/certificate|altname/i.test(message))
    return new FinalError(
      `its certificate is not trusted: ${message.replace(/^Connection error: /, '')} (KAFKA_CA_FILE names the authority behind it)`,
    );
  if (!/closed connection|socket disconnected|ECONNRESET|wrong version number|packet length/i.test(message))
    return error;
  const hint = tls
    ? 'is KAFKA_TLS right, and does that port speak TLS?'
    : login
      ? 'does that port want TLS (KAFKA_TLS=on), or no login?'
      : 'it may want a login (KAFKA_USERNAME, KAFKA_PASSWORD) or TLS (KAFKA_TLS=on)';
  return new Error(`it closes the connection: ${hint}`);
}
