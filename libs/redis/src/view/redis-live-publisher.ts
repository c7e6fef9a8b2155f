import type { LiveMessage } from '@holdfast/contracts';
import type { LuaCall } from '../lua-script';
import { RedisCalls } from '../redis-calls';
import type { RedisConnection } from '../redis-connection';
import { lua } from './lua/lua.generated';
import { encodeMessage } from './view-codec';
import { LEASE_KEY, VIEW_CHANNEL } from './view-keys';

const PUBLISH_DEADLINE_MS = 500;

/**
 * Publishes live messages on the channel of the stock view, at most once: a message is lost while Redis is
 * unreachable, and readers reload what they may have missed. So `publish` does not reject, or Redis would
 * block the change stream.
 */
export class RedisLivePublisher {
  private readonly publishMessage: LuaCall;

  constructor(
    redis: RedisConnection,
    private readonly onFault: (fault: unknown) => void,
  ) {
    const calls = new RedisCalls(redis, { what: 'the live feed', deadlineMs: PUBLISH_DEADLINE_MS });
    this.publishMessage = calls.script(lua.publishMessage);
  }

  async publish(message: LiveMessage): Promise<void> {
    try {
      await this.publishMessage([LEASE_KEY], [VIEW_CHANNEL, encodeMessage(message)]);
    } catch (fault) {
      this.onFault(fault);
    }
  }
}
