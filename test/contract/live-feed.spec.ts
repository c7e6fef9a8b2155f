import { silentLogger } from '@holdfast/observability';
import { InProcessFeed } from '@holdfast/contracts';
import { openRedis } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { TestRedis, TestRedisCluster } from '../support/redis';
import { openRedisFeed } from '../support/redis-feed';
import { liveFeedContract, type WholeFeed } from './live-feed.contract';

liveFeedContract('one process', async () => new InProcessFeed());

describe('over Redis', () => {
  const ends: (() => unknown)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };

  async function feedAt(urls: readonly string[]): Promise<WholeFeed> {
    const redis = openRedis({ urls, name: 'contract', logger: silentLogger() });
    ends.push(() => redis.close());
    await waitFor('Redis is up', () => redis.isUp);
    const feed = await openRedisFeed(redis, urls);
    ends.push(() => feed.close());
    return feed;
  }

  describe('one server', () => {
    let server: TestRedis;
    beforeAll(async () => {
      server = await TestRedis.start();
    });
    afterEach(endAll);
    afterAll(() => server.stop());
    liveFeedContract('Redis', () => feedAt([server.url]));
  });

  describe('three nodes', () => {
    let cluster: TestRedisCluster;
    beforeAll(async () => {
      cluster = await TestRedisCluster.start();
    });
    afterEach(endAll);
    afterAll(() => cluster.stop());
    liveFeedContract('a Redis Cluster', () => feedAt(cluster.urls));

    it('brings what is published at one node to who listens at another', async () => {
      const feeds = await Promise.all(
        cluster.urls.map((_, i) => feedAt([...cluster.urls.slice(i), ...cluster.urls.slice(0, i)])),
      );
      const heard = feeds.map(() => [] as unknown[]);
      feeds.forEach((feed, i) => feed.subscribe((message) => heard[i]!.push(message)));
      for (const [revision, feed] of feeds.entries())
        await feed.publish({ kind: 'drop', dropId: 'dcontract', revision });
      await waitFor('all hear all', () => heard.every((it) => it.length === 3));
    });
  });
});
