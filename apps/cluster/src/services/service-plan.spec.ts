import { loadLaunchConfig, loadServiceConfig, OPEN_KAFKA } from '@holdfast/config';
import { planServices, SERVICE_PORTS } from './service-plan';

const ports = Object.fromEntries(SERVICE_PORTS.map((name, i) => [name, 20_000 + i]));
const places = {
  ledger: {
    inventory: 'postgres://inventory:secret@127.0.0.1:5432/shop',
    checkout: 'postgres://checkout:secret@127.0.0.1:5432/shop',
    accounts: 'postgres://accounts:secret@127.0.0.1:5432/shop',
    stream: 'postgres://stream:secret@127.0.0.1:5432/shop',
  },
  redisUrl: 'redis://:secret@127.0.0.1:6379',
  kafkaBrokers: '127.0.0.1:9092',
  kafkaSecurity: OPEN_KAFKA,
  publicAddress: 'https://shop.example',
  callbackAddress: 'http://127.0.0.1:3000',
};
const plan = (own: Record<string, string> = {}) =>
  planServices(loadLaunchConfig({ HOLDFAST_DATA_DIR: '/data', ...own }), ports, places, own);
const configOf = (each: ReturnType<typeof plan>[number]) => loadServiceConfig(each.env, each.service);

describe('the services that the launcher runs', () => {
  it('are two of each and one runner of rehearsals, every one on ports of its own', () => {
    const plans = plan();
    expect(plans.map(({ instance }) => instance)).toEqual([
      ...['inventory-1', 'inventory-2', 'checkout-1', 'checkout-2'],
      ...['accounts-1', 'accounts-2', 'gateway-1', 'gateway-2', 'rehearsals-1'],
    ]);
    const addresses = plans.flatMap(({ address, opsUrl }) => [address, new URL(opsUrl).host]);
    expect(new Set(addresses).size).toBe(17); // nobody calls the runner, so it has one
  });

  it('understand their settings, and find each other', () => {
    const plans = plan();
    const listening = (service: string) =>
      plans.filter((each) => each.service === service).map(({ address }) => address);
    for (const each of plans) {
      const config = configOf(each);
      expect(config).toMatchObject({ instance: each.instance, mode: 'cluster', dataDir: '/data' });
      expect(config.sandboxFaults).toBe(true);
      expect(config).toMatchObject({
        publicAddress: places.publicAddress,
        callbackAddress: places.callbackAddress,
      });
      expect(`http://127.0.0.1:${config.ops!.port}`).toBe(each.opsUrl);
      if (each.service !== 'inventory')
        expect(each.env['INVENTORY_ADDRESSES']).toBe(listening('inventory').join());
      if (each.service === 'gateway') {
        expect(each.env['CHECKOUT_ADDRESSES']).toBe(listening('checkout').join());
        expect(each.env['ACCOUNTS_ADDRESSES']).toBe(listening('accounts').join());
        expect(`${config.host}:${config.port}`).toBe(each.address);
        expect(config.proxyHops).toBe(1);
        expect(config.databaseUrl).toBeNull(); // the edge has no way to the ledger
      } else if (each.service === 'rehearsals') {
        expect(config.databaseUrl).toBeNull(); // it reads where the ledger is from run.json, as the command line does
      } else {
        expect(config.databaseUrl).toBe(places.ledger[each.service]); // a login of its own
        expect(each.env['HOLDFAST_LISTEN']).toBe(each.address);
      }
    }
  });

  it.each([0, 1, 9])('count our own proxy to the %i that the person has', (hops) => {
    for (const each of plan({ HOLDFAST_PROXY_HOPS: String(hops) }))
      expect(configOf(each).proxyHops).toBe(hops + 1);
  });

  it('get what the person has set, but for what is decided for them', () => {
    const own = {
      HOLDFAST_PAYMENT_WINDOW: '5',
      HOLDFAST_GATE: 'off',
      HOLDFAST_OPS_PORT: '9',
      HOLDFAST_INSTANCE_FILE: '/else',
      HOST: '0.0.0.0',
      PORT: '80',
      AWS_SECRET: 'of somebody else',
    };
    for (const each of plan(own)) {
      expect(configOf(each)).toMatchObject({ paymentWindowSeconds: 5, gate: false, instance: each.instance });
      expect(each.env).not.toHaveProperty('AWS_SECRET');
      expect(each.env).not.toHaveProperty('HOLDFAST_INSTANCE_FILE');
      expect(configOf(each).sandboxFaults).toBe(false); // strangers come to the proxy
      expect(each.env['HOST']).not.toBe('0.0.0.0');
      expect(each.env['PORT']).not.toBe('80');
    }
  });
});
