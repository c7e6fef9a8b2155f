import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import type { ChangeStream } from '@holdfast/messaging';
import type { Pool } from 'pg';
import type { ViewKeeper } from '../application/ports/view-keeper.port';
import type { ProjectChanges } from '../application/project-changes';
import type { SteadyWorker } from '../application/steady-worker';

/** Starts what keeps drops and their counts up to date, and ends it while requests are still answered. */
export class DropWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly stream: ChangeStream,
    private readonly changes: ProjectChanges,
    private readonly keeper: ViewKeeper,
    private readonly workers: readonly SteadyWorker[],
    private readonly pool: Pool,
  ) {}

  /** Resolves when the view is filled. Throws `ChangeStreamMisconfigured` when it never can be. */
  async onApplicationBootstrap(): Promise<void> {
    await this.keeper.check();
    await this.stream.start((records) => this.changes.apply(records));
    await this.keeper.check();
    for (const worker of this.workers) worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.workers.map((worker) => worker.stop()), this.stream.stop()]);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
