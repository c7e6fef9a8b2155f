import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { LiveHub } from './live-hub';

/** Starts the hub with the product, and says goodbye to its readers first of all when the product ends. */
@Injectable()
export class LiveLifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly hub: LiveHub) {}

  onApplicationBootstrap(): void {
    this.hub.start();
  }

  onModuleDestroy(): void {
    this.hub.stop();
  }
}
