import { setTimeout as pause } from 'node:timers/promises';
import { EMBEDDED_STOP_MS_MAX } from '@holdfast/postgres';
import { type RunningComponent, sendSignal, stopAllChildren, type Supervised } from '@holdfast/process';
import type { Ledger } from '../../../standalone/src/startup/ledger';
import type { Server } from '../servers/server';
import type { Servers } from '../servers/start-servers';
import type { PlannedService, ServiceName } from '../services/service-plan';
import { HALF_STARTED_MS, STOP_MS } from '../servers/stop-times';
import type { Stream } from '../stream/start-stream';

/** When one step hangs in spite of its limit the others are not waited for, either. */
export const ORDERLY_MS_MAX =
  STOP_MS.gateways +
  STOP_MS.checkouts +
  STOP_MS.inventories +
  Math.max(STOP_MS.servers, EMBEDDED_STOP_MS_MAX);

export interface RunningService {
  plan: PlannedService;
  process: Supervised<Server>;
}

/** What runs so far; grows while the cluster starts, and stops in the order that is quick and leaves no request unanswered. */
export class ClusterParts {
  ledger: Ledger | null = null;
  servers: Servers | null = null;
  stream: Stream | null = null;
  proxy: Supervised<Server> | null = null;
  readonly services: RunningService[] = [];
  /** Everything has been ready: only then does the order of the shutdown matter. */
  complete = false;
  /** Watches and timers. */
  readonly watches: (() => void)[] = [];

  /** Everything, as run.json lists it. */
  components(): RunningComponent[] {
    return [
      ...this.services.map(serviceComponent),
      ...(this.proxy ? [proxyComponent(this.proxy)] : []),
      ...(this.ledger ? [this.ledger.component()] : []),
      ...(this.servers?.components() ?? []),
      ...(this.stream?.components() ?? []),
    ];
  }

  async end(): Promise<void> {
    for (const stop of this.watches) stop();
    if (this.complete)
      await Promise.race([this.endInOrder(), pause(ORDERLY_MS_MAX, undefined, { ref: false })]);
    await stopAllChildren({ graceMs: this.complete ? 0 : HALF_STARTED_MS });
    await this.ledger?.stop();
  }

  /**
   * Accepts no new requests; gateways finish theirs and tell readers to reconnect; the other services answer what the gateways sent; the rest
   * holds nothing that is not durable. The stream only reads, so it stops at once.
   */
  private async endInOrder(): Promise<void> {
    for (const { process } of this.services) process.letGo();
    this.proxy?.letGo();
    const stream = this.stream?.stop();
    // nginx closes its ports at once, and each connection after the answer in flight.
    if (this.proxy?.child) sendSignal(this.proxy.child.pid, 'SIGQUIT');
    await Promise.all([this.stopAll('gateway'), this.stopAll('rehearsals')]);
    await Promise.all([this.proxy?.stop(), this.stopAll('checkout'), this.stopAll('accounts')]);
    await this.stopAll('inventory');
    await Promise.all([stream, this.servers?.stop(), this.ledger?.stop()]);
  }

  private async stopAll(service: ServiceName): Promise<void> {
    const those = this.services.filter(({ plan }) => plan.service === service);
    await Promise.all(those.map(({ process }) => process.stop()));
  }
}

function serviceComponent({ plan, process }: RunningService): RunningComponent {
  const { service, instance, address, opsUrl } = plan;
  const { pid, version } = process.last;
  return {
    name: instance,
    kind: service,
    pid,
    address: service === 'gateway' ? `http://${address}` : address,
    version,
    healthUrl: `${opsUrl}/health/ready`,
  };
}

function proxyComponent({ last: { pid, address, version } }: Supervised<Server>): RunningComponent {
  return { name: 'proxy', kind: 'proxy', pid, address, version, healthUrl: `${address}/.proxy/live` };
}
