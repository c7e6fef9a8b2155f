// Does a Kafka broker answer, and does it let us in? Asked with the client library that the services use, so that both see the same.
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/**
 * @typedef {{login: {mechanism: string, username: string, password: string}|null, tls: {ca: string|null}|null}} KafkaSecurity
 *   as libs/config reads it
 */
/** @type {KafkaSecurity} */
export const OPEN_KAFKA = { login: null, tls: null };

/** The settings of a kafkajs client. @param {KafkaSecurity} security */
export function clientSecurity({ login, tls }) {
  return {
    ...(login && { sasl: { ...login, mechanism: login.mechanism.toLowerCase() } }),
    ...(tls && { ssl: tls.ca === null ? true : { ca: tls.ca } }),
  };
}

/**
 * Asks a broker who is in its cluster.
 * @param {{broker: string, security?: KafkaSecurity, timeoutMs?: number}} how `broker` as `host:port`
 * @returns {Promise<{brokers: number, controllerId: number}>} rejects when there is no whole answer in time; `final` on the error: asking
 *   again changes nothing
 */
export async function askBroker({ broker, security = OPEN_KAFKA, timeoutMs = 1_000 }) {
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
    return await inTime(asked, 2 * timeoutMs);
  } catch (error) {
    throw inPlainWords(error, security);
  } finally {
    asked.catch(() => undefined);
    await inTime(admin.disconnect(), timeoutMs).catch(() => undefined);
  }
}

/** The library's deadlines are each for one step. */
async function inTime(work, ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function inPlainWords(error, { login, tls }) {
  const { name, message } = error;
  if (
    name === 'KafkaJSSASLAuthenticationError' ||
    /SASL mechanism|not supported by the server/i.test(message)
  )
    return Object.assign(
      new Error(
        `it refuses the login ${login?.username} by ${login?.mechanism} (KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM)`,
      ),
      { final: true },
    );
  if (/certificate|altname/i.test(message)) {
    const what = `its certificate is not trusted: ${message.replace(/^Connection error: /, '')}`;
    return Object.assign(new Error(`${what} (KAFKA_CA_FILE names the authority behind it)`), { final: true });
  }
  if (/closed connection|socket disconnected|ECONNRESET|wrong version number|packet length/i.test(message)) {
    const hint = tls
      ? 'is KAFKA_TLS right, and does that port speak TLS?'
      : login
        ? 'does that port want TLS (KAFKA_TLS=on), or no login?'
        : 'it may want a login (KAFKA_USERNAME, KAFKA_PASSWORD) or TLS (KAFKA_TLS=on)';
    return new Error(`it closes the connection: ${hint}`);
  }
  return error;
}
