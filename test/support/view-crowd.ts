import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@holdfast/testing';
import { SseReader } from './sse';
import type { ViewGateway } from './view-gateway';
import type { ViewLedger } from './view-ledger';

const STAYS_MS_MAX = 250;

/** Readers of one drop who move between gateways as browsers do: they come back with the id of what they saw last. */
export class ViewCrowd {
  readonly readers: SseReader[];
  moves = 0;
  refused = 0;
  private isMoving = false;
  private walks: Promise<void>[] = [];

  constructor(
    private readonly dropId: string,
    /** May change under way. */
    public gateways: readonly ViewGateway[],
    private readonly random: () => number,
    size = 12,
  ) {
    this.readers = Array.from({ length: size }, () => new SseReader(''));
  }

  start(): void {
    this.isMoving = true;
    this.walks = this.readers.map((reader) => this.walk(reader));
  }

  /** All stay where they are from now on. */
  async settle(): Promise<void> {
    this.isMoving = false;
    await Promise.all(this.walks);
  }

  close(): void {
    this.isMoving = false;
    for (const reader of this.readers) reader.close();
  }

  /** What must never happen, in words. */
  faults(): string[] {
    return this.readers.flatMap(({ faults }) => faults);
  }

  async allSee(ledger: ViewLedger, deadlineMs = 10_000): Promise<void> {
    await waitFor(
      'all readers see what the ledger has',
      () => {
        const wanted = [...ledger.versions(this.dropId)];
        return this.readers.every(({ versions }) =>
          wanted.every(([sku, version]) => versions.get(sku) === version),
        );
      },
      { deadlineMs },
    );
  }

  told(event: string): number {
    return Math.min(...this.readers.map(({ events }) => events.get(event) ?? 0));
  }

  private async walk(reader: SseReader): Promise<void> {
    do {
      const gateway = this.gateways[Math.floor(this.random() * this.gateways.length)]!;
      reader.close();
      reader.url = gateway.urlOf(this.dropId);
      const status = await reader.open().catch(() => 0);
      this.moves += 1;
      if (status !== 200) this.refused += 1;
      await pause(this.random() * STAYS_MS_MAX);
      if (status !== 200 && !this.isMoving) this.isMoving = await this.enter(reader);
    } while (this.isMoving);
  }

  /** Nobody is left outside at the end. */
  private async enter(reader: SseReader): Promise<false> {
    await waitFor('a gateway lets the reader in', async () => (await reader.open().catch(() => 0)) === 200);
    return false;
  }
}
