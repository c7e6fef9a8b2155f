import { setTimeout as pause } from 'node:timers/promises';
import { newDropId, seededRandom, shuffled } from '@holdfast/kernel';
import { leastOf, waitFor } from '@holdfast/testing';
import { TestRedis, TestRedisCluster } from '../support/redis';
import { ViewCrowd } from '../support/view-crowd';
import { ViewGateway } from '../support/view-gateway';
import { ViewLedger } from '../support/view-ledger';
import { ViewProjector } from '../support/view-projector';

const SEED = Number(process.env['HOLDFAST_SEED'] ?? Date.now() % 1_000_000);
const SKUS = ['A', 'B', 'C'];
const MOMENT_MS = 400; // well before the view is looked at by itself

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function gatewayAt(
  urls: readonly string[],
  ledger: ViewLedger,
  { readStock }: ViewProjector,
  more: Pick<Parameters<typeof ViewGateway.start>[0], 'carry' | 'clockAheadMs'> = {},
): Promise<ViewGateway> {
  const stockOf = (dropId: string) => readStock.stockOf(dropId);
  const gateway = await ViewGateway.start({
    urls,
    inventory: { getDrop: (id) => ledger.getDrop(id), stockOf },
    ...more,
  });
  ends.push(() => gateway.stop());
  return gateway;
}

function projectorAt(...args: ConstructorParameters<typeof ViewProjector>): ViewProjector {
  const projector = new ViewProjector(...args);
  ends.push(() => projector.die());
  return projector;
}

const servers = {
  'one Redis': async () => {
    const redis = await TestRedis.start();
    ends.push(() => redis.stop());
    return [redis.url];
  },
  'a Redis Cluster of three nodes': async () => {
    const cluster = await TestRedisCluster.start();
    ends.push(() => cluster.stop());
    return cluster.urls;
  },
};

describe.each(Object.entries(servers))('two gateways and two projectors on %s', (_name, start) => {
  it(`show nobody a version that goes back, whatever the channel does (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const urls = await start();
    const ledger = new ViewLedger();
    const dropId = newDropId();
    ledger.addDrop(dropId, SKUS);
    // Late, doubled, in any order, and now and then not at all. The lease is what it is.
    const carry = (text: string, deliver: (text: string) => void) => {
      if (!text.startsWith('{"kind":"stock"')) return deliver(text);
      if (random() < 0.1) return;
      for (let copies = random() < 0.2 ? 2 : 1; copies > 0; copies -= 1)
        setTimeout(() => deliver(text), random() * 60);
    };
    const first = projectorAt(urls, ledger, (rows) => shuffled(rows, random));
    projectorAt(urls, ledger, (rows) => shuffled([...rows, ...rows], random));
    const gateways = [
      await gatewayAt(urls, ledger, first, { carry }),
      await gatewayAt(urls, ledger, first, { carry, clockAheadMs: -4_000 }),
    ];
    const crowd = new ViewCrowd(dropId, gateways, random);
    ends.push(() => crowd.close());
    crowd.start();
    const enough = () => crowd.moves > 5 * crowd.readers.length;
    for (let i = 0; i < 600 || (i < 6_000 && !enough()); i += 1) {
      ledger.hold(dropId, SKUS[Math.floor(random() * SKUS.length)]!);
      if (i % 3 === 0) await pause(10);
    }
    await crowd.settle();
    await crowd.allSee(ledger);
    expect(crowd.faults()).toEqual([]);
    expect(enough()).toBe(true);
    console.info(
      `${crowd.moves} moves, ${crowd.refused} refused; gaps mended: ${gateways.map((it) => it.mirror.stats().gaps).join(' and ')}`,
    );
  });
});

describe('a gateway', () => {
  let urls: string[];
  let ledger: ViewLedger;
  let projector: ViewProjector;
  const dropId = newDropId();
  const watch = async (gateway: ViewGateway, size = 2) => {
    const crowd = new ViewCrowd(dropId, [gateway], () => 0, size);
    ends.push(() => crowd.close());
    crowd.start();
    await crowd.settle();
    await waitFor('fresh', () => gateway.lease.since === null);
    return crowd;
  };
  beforeEach(async () => {
    urls = await servers['one Redis']();
    ledger = new ViewLedger();
    ledger.addDrop(dropId, SKUS);
    projector = projectorAt(urls, ledger);
  });

  it('tells a change within a moment', async () => {
    const crowd = await watch(await gatewayAt(urls, ledger, projector));
    const seenAfter = async () => {
      const begun = performance.now();
      ledger.hold(dropId, 'A');
      await crowd.allSee(ledger);
      return performance.now() - begun;
    };
    expect(await leastOf(MOMENT_MS, seenAfter)).toBeLessThan(MOMENT_MS);
  });

  it('mends a lost message with the next one', async () => {
    let loses = false;
    const carry = (text: string, deliver: (text: string) => void) => {
      if (loses && text.startsWith('{"kind":"stock"')) loses = false;
      else deliver(text);
    };
    const gateway = await gatewayAt(urls, ledger, projector, { carry });
    const crowd = await watch(gateway);
    const mendedAfter = async () => {
      loses = true;
      ledger.hold(dropId, 'A');
      await waitFor('lost', () => !loses);
      const begun = performance.now();
      ledger.hold(dropId, 'B');
      await crowd.allSee(ledger);
      return performance.now() - begun;
    };
    expect(await leastOf(MOMENT_MS, mendedAfter)).toBeLessThan(MOMENT_MS);
    expect(gateway.mirror.stats().gaps).toBeGreaterThan(0);
  });

  it('mends a lost message that was the last, by looking at the view', async () => {
    let loses = false;
    const carry = (text: string, deliver: (text: string) => void) => {
      if (!loses || !text.startsWith('{"kind":"stock"')) deliver(text);
    };
    const crowd = await watch(await gatewayAt(urls, ledger, projector, { carry }));
    loses = true;
    ledger.hold(dropId, 'A');
    await crowd.allSee(ledger);
  });

  it('catches up before it lets in who has seen more elsewhere, though its own channel is dead', async () => {
    const deaf = await gatewayAt(urls, ledger, projector, {
      carry: (text, deliver) => void (text.startsWith('{"kind":"lease"') && deliver(text)),
    });
    const other = await gatewayAt(urls, ledger, projector);
    await watch(deaf); // the drop is in its mirror, and its snapshot is made
    const crowd = await watch(other);
    for (let i = 0; i < 6; i += 1) {
      ledger.hold(dropId, 'A');
      await crowd.allSee(ledger);
      crowd.gateways = i % 2 === 0 ? [deaf] : [other];
      crowd.start();
      await crowd.settle();
      await crowd.allSee(ledger);
    }
    expect(crowd.faults()).toEqual([]);
  });

  it('lets readers from elsewhere in at once when it starts while the source stands still', async () => {
    const crowd = await watch(await gatewayAt(urls, ledger, projector));
    ledger.hold(dropId, 'A');
    await crowd.allSee(ledger);
    projector.streams = false;
    const fresh = await gatewayAt(urls, ledger, projector);
    await waitFor('stale', () => crowd.told('stale') > 0);
    crowd.gateways = [fresh];
    const begun = performance.now();
    crowd.start();
    await crowd.settle();
    await waitFor('in', () => crowd.told('snapshot') === 2);
    expect(performance.now() - begun).toBeLessThan(4_000); // who waits for the source is refused after five seconds
    expect(crowd.refused).toBe(0);
    expect(crowd.faults()).toEqual([]);
  });

  it('lets go of drops that nobody looks at, the longest unused first', async () => {
    const { mirror } = await gatewayAt(urls, ledger, projector);
    expect((await mirror.ofDrop(dropId)).map((row) => row.sku)).toEqual(SKUS);
    expect(mirror.stats().drops).toBe(1);
    mirror.tidy();
    expect(mirror.stats().drops).toBe(1);
  });
});
