import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { HoldSweeper } from './application/hold-sweeper';
import { Lanes } from './application/lanes';

/** The connections of the lanes. */
export const LANE_POOL = Symbol('lane pool');

/** Starts the sweeper; at the end stops it first, then serves what the lanes have taken, then closes their connections. */
@Injectable()
export class HoldsLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly sweeper: HoldSweeper,
    private readonly lanes: Lanes,
    @Inject(LANE_POOL) private readonly pool: Pool,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.sweeper.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.lanes.close();
    await this.pool.end();
  }
}
