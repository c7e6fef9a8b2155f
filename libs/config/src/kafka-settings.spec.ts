import { ConfigError } from './app-config';
import { fromKafkaSecurity, OPEN_KAFKA } from './kafka-settings';
import { loadLaunchConfig } from './launch-config';
import { loadServiceConfig } from './service-config';

const KAFKA_BROKERS = 'kafka:9093';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const login = { KAFKA_BROKERS, KAFKA_USERNAME: 'shop', KAFKA_PASSWORD: 's3cret' };
const securityOf = (env: Record<string, string>) => loadLaunchConfig(env).given.kafkaSecurity;

describe('the settings of a Kafka with a login', () => {
  it('are none where none are set', () => {
    expect(securityOf({})).toEqual(OPEN_KAFKA);
    expect(securityOf({ KAFKA_BROKERS })).toEqual(OPEN_KAFKA);
  });

  it('take SCRAM-SHA-512 unless another mechanism is named, in capitals or not', () => {
    expect(securityOf(login).login).toEqual({
      mechanism: 'SCRAM-SHA-512',
      username: 'shop',
      password: 's3cret',
    });
    for (const mechanism of ['plain', 'SCRAM-SHA-256', 'scram-sha-512'])
      expect(securityOf({ ...login, KAFKA_SASL_MECHANISM: mechanism }).login?.mechanism).toBe(
        mechanism.toUpperCase(),
      );
  });

  it.each([
    [{ KAFKA_BROKERS, KAFKA_USERNAME: 'shop' }, 'KAFKA_PASSWORD: KAFKA_USERNAME needs it'],
    [{ KAFKA_BROKERS, KAFKA_PASSWORD: 's3cret' }, 'KAFKA_USERNAME: KAFKA_PASSWORD needs it'],
    [{ KAFKA_BROKERS, KAFKA_SASL_MECHANISM: 'plain' }, 'KAFKA_USERNAME: KAFKA_SASL_MECHANISM needs it'],
    [{ ...login, KAFKA_SASL_MECHANISM: 'GSSAPI' }, 'KAFKA_SASL_MECHANISM'],
    [{ ...login, KAFKA_PASSWORD: 's3cret\nssl.protocol=none' }, 'KAFKA_PASSWORD: must be'],
    [{ ...login, KAFKA_CA: CERTIFICATE }, 'KAFKA_TLS: must be on where KAFKA_CA is set'],
    [{ ...login, KAFKA_TLS: 'on', KAFKA_CA: 's3cret' }, 'KAFKA_CA: must be one or more certificates'],
    [{ ...login, KAFKA_BROKERS: '' }, 'KAFKA_BROKERS: a login or TLS is for a Kafka that is named there'],
  ])('refuse half a login and what does not go together, without a value: %o', (env, words) => {
    expect(() => loadLaunchConfig(env)).toThrow(ConfigError);
    expect(() => loadLaunchConfig(env)).toThrow(words);
    expect(() => loadLaunchConfig(env)).not.toThrow(/s3cret/);
  });

  it('reach a service as the launcher read them', () => {
    const security = securityOf({ ...login, KAFKA_TLS: 'on', KAFKA_CA: CERTIFICATE });
    const env = { DATABASE_URL: 'postgres://x', REDIS_URL: 'redis://x', KAFKA_BROKERS };
    const config = loadServiceConfig({ ...env, ...fromKafkaSecurity(security) }, 'inventory');
    expect(config.kafkaSecurity).toEqual(security);
    expect(config.kafkaSecurity.tls).toEqual({ ca: CERTIFICATE });
  });
});

describe('the login of a named Kafka Connect', () => {
  const CONNECT_URL = 'http://connect:8083';
  const urlOf = (env: Record<string, string>) =>
    loadLaunchConfig({ KAFKA_BROKERS, CONNECT_URL, ...env }).given.connectUrl;

  it('is in its address, with any characters', () => {
    const url = new URL(urlOf({ CONNECT_USERNAME: 'me@shop', CONNECT_PASSWORD: 'a/b:c@d' })!);
    expect(url.host).toBe('connect:8083');
    expect([url.username, url.password].map(decodeURIComponent)).toEqual(['me@shop', 'a/b:c@d']);
    expect(urlOf({ CONNECT_URL: 'https://me:pw@connect' })).toBe('https://me:pw@connect');
  });

  it.each([
    [{ CONNECT_USERNAME: 'me' }, 'CONNECT_PASSWORD: CONNECT_USERNAME needs it'],
    [{ CONNECT_PASSWORD: 's3cret' }, 'CONNECT_USERNAME: CONNECT_PASSWORD needs it'],
    [
      { CONNECT_URL: 'http://a:s3cret@b', CONNECT_USERNAME: 'me', CONNECT_PASSWORD: 's3cret' },
      'CONNECT_USERNAME: there is a login in CONNECT_URL already',
    ],
  ])('is whole, and named once: %o', (env, words) => {
    expect(() => urlOf(env)).toThrow(words);
    expect(() => urlOf(env)).not.toThrow(/s3cret/);
  });
});
