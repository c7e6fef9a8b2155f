import { Injectable, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import { ServiceConfig } from '@holdfast/config';
import { Logger } from '@holdfast/observability';
import { StartError } from '@holdfast/process';
import { checkRedis, openRedis, RedisConnection, RedisMisconfigured } from '@holdfast/redis';

// A service also starts without Redis; usually it answers within milliseconds.
const FIRST_ANSWER_MS = 1_000;

/** Checks Redis as soon as it answers, and closes the connection at the end. */
@Injectable()
class RedisLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly redis: RedisConnection,
    private readonly log: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.redis.isUp) await this.firstAnswer();
    const judged = await this.judge((error) => {
      throw new StartError(error.message);
    });
    if (judged) return;
    this.log.warn(
      { redis: this.redis.address },
      'Redis is unreachable: sales continue without it, more slowly',
    );
    const stop = this.redis.onUp(() => {
      void this.judge((error) => this.log.error({ redis: this.redis.address }, error.message)).then(
        (done) => done && stop(),
      );
    });
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }

  /** True if a node answered. */
  private async judge(onMisconfigured: (error: Error) => void): Promise<boolean> {
    try {
      return (await checkRedis(this.redis)) > 0;
    } catch (error) {
      if (!(error instanceof RedisMisconfigured)) throw error;
      onMisconfigured(error);
      return true;
    }
  }

  private async firstAnswer(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, FIRST_ANSWER_MS);
      const stop = this.redis.onUp(() => {
        clearTimeout(timer);
        stop();
        resolve();
      });
    });
  }
}

/** The service's connection to Redis. */
export const redisProviders: Provider[] = [
  {
    provide: RedisConnection,
    inject: [ServiceConfig, Logger],
    useFactory: (config: ServiceConfig, logger: Logger) =>
      openRedis({ urls: config.redisUrls, name: config.instance, logger }),
  },
  RedisLifecycle,
];
