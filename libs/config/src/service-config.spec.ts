import { ConfigError } from './app-config';
import { loadServiceConfig } from './service-config';

const inventory = {
  DATABASE_URL: 'postgres://holdfast@127.0.0.1:5432/holdfast',
  REDIS_URL: 'redis://127.0.0.1:7101, redis://127.0.0.1:7102',
  KAFKA_BROKERS: '127.0.0.1:9092',
};

describe('the settings of a service', () => {
  it('reads lists and addresses', () => {
    const config = loadServiceConfig(
      {
        ...inventory,
        HOLDFAST_LISTEN: '[::1]:4101',
        HOLDFAST_OPS_PORT: '8081',
        INVENTORY_ADDRESSES: 'a:1,b:2',
      },
      'inventory',
    );
    expect(config).toMatchObject({
      mode: 'cluster',
      service: 'inventory',
      listen: '[::1]:4101',
      ops: { host: '127.0.0.1', port: 8081 },
      redisUrls: ['redis://127.0.0.1:7101', 'redis://127.0.0.1:7102'],
      kafkaBrokers: ['127.0.0.1:9092'],
      inventoryAddresses: ['a:1', 'b:2'],
      tls: 'auto',
      gate: true,
    });
    expect(config.instance).not.toBe('');
  });

  it('names all missing variables of a service', () => {
    const missing = (service: 'gateway' | 'inventory' | 'checkout') => {
      try {
        loadServiceConfig({}, service);
        return '';
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return (error as Error).message;
      }
    };
    expect(missing('inventory').match(/[A-Z_]+(?=: inventory needs it)/g)).toEqual([
      'DATABASE_URL',
      'REDIS_URL',
      'KAFKA_BROKERS',
    ]);
    expect(missing('gateway')).toContain('CHECKOUT_ADDRESSES: gateway needs it');
    expect(missing('checkout')).toContain('INVENTORY_ADDRESSES: checkout needs it');
  });

  it('refuses invalid addresses, without showing the value', () => {
    const bad = {
      ...inventory,
      REDIS_URL: 'http://s3cret@x',
      HOLDFAST_LISTEN: '4001',
      HOLDFAST_SERVICE_KEY: 's3cret',
    };
    const said = () => loadServiceConfig(bad, 'inventory');
    expect(said).toThrow(/REDIS_URL[^]*HOLDFAST_LISTEN[^]*HOLDFAST_SERVICE_KEY|HOLDFAST_LISTEN[^]*REDIS_URL/);
    expect(said).not.toThrow(/s3cret/);
  });
});
