import { InProcessFeed } from '@holdfast/contracts';
import {
  decodeMessage,
  openSubscriber,
  type RedisConnection,
  RedisLivePublisher,
  VIEW_CHANNEL,
} from '@holdfast/redis';

/** The live feed over Redis: published as a projector does, heard as a gateway does. Resolves when nothing published from now on is missed. */
export async function openRedisFeed(redis: RedisConnection, urls: readonly string[]) {
  const heard = new InProcessFeed();
  const published = new RedisLivePublisher(redis, () => undefined);
  const subscriber = await new Promise<ReturnType<typeof openSubscriber>>((resolve) => {
    const opened = openSubscriber({
      urls,
      name: 'test feed',
      onMessage: (_channel, text) => {
        const message = decodeMessage(text);
        if (message === null || message.kind === 'lease') return;
        if (message.kind !== 'stock') return heard.publish(message);
        const { kind, dropId, rows } = message;
        heard.publish({ kind, dropId, rows });
      },
      onUp: () => resolve(opened),
    });
    void opened.subscribe(VIEW_CHANNEL);
  });
  return {
    publish: published.publish.bind(published),
    subscribe: heard.subscribe.bind(heard),
    close: () => subscriber.close(),
  };
}
