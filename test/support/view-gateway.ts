import type { AddressInfo } from 'node:net';
import { type ArgumentsHost, Catch, type ExceptionFilter, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Drops, InProcessFeed } from '@holdfast/contracts';
import { SystemClock } from '@holdfast/kernel';
import { Metrics, SecurityEvents, silentLogger } from '@holdfast/observability';
import { openRedis, openSubscriber, type RedisConnection, RedisViewReader } from '@holdfast/redis';
import type { FastifyReply } from 'fastify';
import { LeaseWatch } from '../../apps/gateway/src/adapters/view/lease-watch';
import { MirroredStockView } from '../../apps/gateway/src/adapters/view/mirrored-stock-view';
import { ViewLink } from '../../apps/gateway/src/adapters/view/view-link';
import { DropDirectory } from '../../apps/gateway/src/application/drop-directory';
import { ProblemError } from '../../apps/gateway/src/entrypoints/http/problems/problem';
import { LiveController } from '../../apps/gateway/src/live/live.controller';
import { LiveHub } from '../../apps/gateway/src/live/live-hub';
import { LIVE_SETTINGS } from '../../apps/gateway/src/live/live-settings';
import { StreamPlaces } from '../../apps/gateway/src/live/stream-places';

@Catch(ProblemError)
class Refused implements ExceptionFilter<ProblemError> {
  catch({ problem }: ProblemError, host: ArgumentsHost): void {
    const status = problem.code === 'not-found' ? 404 : 503;
    void host.switchToHttp().getResponse<FastifyReply>().code(status).send(problem.code);
  }
}

/** A clock that differs from the machine's. */
class SkewedClock extends SystemClock {
  constructor(private readonly aheadMs: number) {
    super();
  }

  override now(): number {
    return super.now() + this.aheadMs;
  }
}

export interface ViewGatewayOptions {
  urls: readonly string[];
  inventory: Pick<Drops, 'getDrop' | 'stockOf'>;
  clockAheadMs?: number;
  /** What the channel makes of a message: passes it on now, later, twice or never. */
  carry?: (text: string, deliver: (text: string) => void) => void;
}

/** A gateway reduced to its counts: mirror, feed, directory and hub as in the product, and the live route over HTTP. */
export class ViewGateway {
  private constructor(
    readonly feed: InProcessFeed,
    readonly lease: LeaseWatch,
    readonly mirror: MirroredStockView,
    readonly directory: DropDirectory,
    private readonly link: ViewLink,
    private readonly hub: LiveHub,
    private readonly redis: RedisConnection,
    private readonly app: NestFastifyApplication,
  ) {}

  static async start({ urls, inventory, clockAheadMs = 0, carry }: ViewGatewayOptions): Promise<ViewGateway> {
    const clock = new SkewedClock(clockAheadMs);
    const redis = openRedis({ urls, name: 'gateway', logger: silentLogger() });
    const feed = new InProcessFeed((fault) => console.error(fault));
    const lease = new LeaseWatch(clock, feed.publish);
    const ledger = (dropId: string) => inventory.stockOf(dropId);
    const mirror = new MirroredStockView({
      view: new RedisViewReader(redis),
      ledger,
      lease,
      tell: feed.publish,
      onTrouble: () => undefined,
      clock,
    });
    const link = new ViewLink({
      open: ({ onMessage, ...on }) =>
        openSubscriber({
          urls,
          name: 'gateway view',
          ...on,
          onMessage: (channel, text) =>
            carry ? carry(text, (it) => onMessage(channel, it)) : onMessage(channel, text),
        }),
      mirror,
      lease,
      feed,
      onTrouble: (error) => console.error(error),
    });
    const directory = new DropDirectory(inventory as Drops, mirror, feed, clock);
    const hub = new LiveHub(directory, mirror, feed, clock, LIVE_SETTINGS);
    const app = await listen(hub, directory);
    directory.start();
    hub.start();
    link.start();
    return new ViewGateway(feed, lease, mirror, directory, link, hub, redis, app);
  }

  urlOf(dropId: string): string {
    const { port } = this.app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1/drops/${dropId}/live`;
  }

  async stop(): Promise<void> {
    this.link.stop();
    this.hub.stop();
    this.directory.stop();
    this.redis.close();
    await this.app.close();
  }
}

// All readers of a test come from one address.
const places = new StreamPlaces(
  { hasPass: () => false },
  { limits: false, merchantQuotas: null },
  new SecurityEvents(silentLogger(), new Metrics()),
);

async function listen(hub: LiveHub, directory: DropDirectory): Promise<NestFastifyApplication> {
  @Module({
    controllers: [LiveController],
    providers: [
      { provide: LiveHub, useValue: hub },
      { provide: DropDirectory, useValue: directory },
      { provide: StreamPlaces, useValue: places },
    ],
  })
  class LiveOnly {}
  const app = await NestFactory.create<NestFastifyApplication>(LiveOnly, new FastifyAdapter(), {
    logger: false,
    // A missing provider fails the test that asked, not the whole run.
    abortOnError: false,
  });
  app.useGlobalFilters(new Refused());
  await app.listen(0, '127.0.0.1');
  return app;
}
