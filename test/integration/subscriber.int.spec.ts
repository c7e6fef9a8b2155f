import { openSubscriber } from '@holdfast/redis';
import { waitFor } from '@holdfast/testing';
import { Redis } from 'ioredis';
import { TestRedis } from '../support/redis';

describe('a subscriber to a cluster', () => {
  it('leaves a node that has left the cluster, though it answers, and stays with one that tells something', async () => {
    // As a node that was taken out of the cluster: nobody passes messages on to it any more.
    const [left, member] = [await TestRedis.start(), await TestRedis.start()];
    const publisher = new Redis(member.port);
    const heard: string[] = [];
    const states: string[] = [];
    const subscriber = openSubscriber({
      urls: [left.url, member.url],
      name: 'under test',
      onMessage: (_channel, message) => heard.push(message),
      onUp: () => states.push('up'),
      onDown: () => states.push('down'),
      silentMsMax: 1_500,
    });
    const beats = setInterval(() => void publisher.publish('beats', String(heard.length)), 200);
    try {
      await subscriber.subscribe('beats');
      await waitFor('a message', () => heard.length > 0);
      expect(states).toEqual(['up', 'down', 'up']);
      await waitFor('it has heard enough to know', () => heard.length > 12);
      expect(states).toEqual(['up', 'down', 'up']);
    } finally {
      clearInterval(beats);
      subscriber.close();
      publisher.disconnect();
      await Promise.all([left.stop(), member.stop()]);
    }
  });
});
