import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import type { ChangeStream } from '@holdfast/messaging';
import type { Pool } from 'pg';
import type { CountFacts } from '../application/count-facts';
import type { SteadyWorker } from '../application/steady-worker';

/** Starts what reads facts, and ends it with the rest. Nobody waits for facts, so neither does the start of the product. */
export class FactWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private starting: Promise<void> | null = null;

  constructor(
    private readonly stream: ChangeStream,
    private readonly facts: CountFacts,
    private readonly purge: SteadyWorker,
    private readonly pool: Pool,
  ) {}

  onApplicationBootstrap(): void {
    this.starting = this.stream.start((records) => this.facts.apply(records));
    this.purge.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.purge.stop(), this.stream.stop()]);
    await this.starting;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
