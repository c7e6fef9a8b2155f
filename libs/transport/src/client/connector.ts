import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { Connection, type ConnectionTarget } from './connection';

export interface ConnectorOptions extends ConnectionTarget {
  name: string;
  random: () => number;
  logger: Logger;
}

/** Keeps one connection to a peer: reconnects whenever it is lost, until closed. */
export class Connector {
  private current: Connection | null = null;
  private readonly closed = new AbortController();
  private lastReason: string | null = null;

  constructor(
    private readonly options: ConnectorOptions,
    private readonly onConnected: () => void,
  ) {
    void this.run();
  }

  get connection(): Connection | null {
    return this.current?.isOpen ? this.current : null;
  }

  close(): void {
    this.closed.abort();
    this.current?.close('closed');
  }

  private async run(): Promise<void> {
    const { settings, random } = this.options;
    const { signal } = this.closed;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const connection = await Connection.open(this.options);
        failures = 0;
        await this.use(connection);
      } catch (error) {
        this.warn((error as Error).message);
      }
      await sleep(backoffMs(failures, settings.reconnect, random), undefined, { signal }).catch(
        () => undefined,
      );
    }
  }

  private async use(connection: Connection): Promise<void> {
    if (this.closed.signal.aborted) return connection.close('closed');
    this.current = connection;
    this.lastReason = null;
    this.options.logger.info({ peer: this.options.name }, 'connected to peer');
    this.onConnected();
    this.warn(await connection.ended);
  }

  /** Logs once for each reason, not at each attempt. */
  private warn(reason: string): void {
    if (this.closed.signal.aborted || this.lastReason === reason) return;
    this.lastReason = reason;
    this.options.logger.warn({ peer: this.options.name, reason }, 'peer unreachable, reconnecting');
  }
}
