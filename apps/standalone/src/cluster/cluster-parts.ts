import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaSecurity } from '@holdfast/config';
import type { Ledger } from '../process/ledger';
import type { RunningComponent } from '../process/run-state';
import type { PlannedService, ServiceName } from './service-plan';
import { loadTool, type Server, type ServerGroup, type Supervised } from './tools';

// The whole product has to be gone 10 s after it was asked; in good health all this takes three.
const ORDERLY_MS_MAX = 6_500;
const LEFTOVERS_MS = 500;
const HALF_STARTED_MS = 4_000;

export interface RunningService {
  plan: PlannedService;
  process: Supervised<Server>;
}

/** What runs so far; grows while the cluster starts, and is ended in the order in which ending is quick and nobody is left waiting. */
export class ClusterParts {
  ledger: Ledger | null = null;
  servers: (ServerGroup & { redisUrl: string; kafkaBrokers: string; kafkaSecurity: KafkaSecurity }) | null =
    null;
  stream: (ServerGroup & { connectUrl: string }) | null = null;
  proxy: Supervised<Server> | null = null;
  readonly services: RunningService[] = [];
  /** All is there and was ready once: only then is there an order to end it in. */
  complete = false;
  /** Watches and timers. */
  readonly watches: (() => void)[] = [];

  /** Everything as it is written down in run.json. */
  async components(): Promise<RunningComponent[]> {
    const groups = await Promise.all([this.servers?.components() ?? [], this.stream?.components() ?? []]);
    const servers = groups
      .flat()
      .map(({ name, kind, pid, address, version }) => ({ name, kind, pid, address, version }));
    return [
      ...this.services.map(serviceComponent),
      ...(this.proxy ? [proxyComponent(this.proxy)] : []),
      ...(this.ledger ? [this.ledger.component()] : []),
      ...servers,
    ];
  }

  async end(): Promise<void> {
    for (const stop of this.watches) stop();
    const { stopAllChildren } = await loadTool('child');
    if (this.complete)
      await Promise.race([this.endInOrder(), pause(ORDERLY_MS_MAX, undefined, { ref: false })]);
    await stopAllChildren({ graceMs: this.complete ? LEFTOVERS_MS : HALF_STARTED_MS });
    await this.ledger?.stop();
  }

  /**
   * No new requests; gateways finish theirs and tell readers to come back; what they asked of the others is answered; the rest holds nothing that
   * is not durable. The stream only reads, so it may go at once.
   */
  private async endInOrder(): Promise<void> {
    for (const { process } of this.services) process.letGo();
    this.proxy?.letGo();
    const stream = this.stream?.stop();
    quit(this.proxy?.child?.pid);
    await this.stopAll('gateway');
    await Promise.all([this.proxy?.stop(), this.stopAll('checkout')]);
    await this.stopAll('inventory');
    await Promise.all([stream, this.servers?.stop(), this.ledger?.stop()]);
  }

  private async stopAll(service: ServiceName): Promise<void> {
    const those = this.services.filter(({ plan }) => plan.service === service);
    await Promise.all(those.map(({ process }) => process.stop()));
  }
}

/** nginx closes its ports at once, and each connection after the answer that is on its way. */
function quit(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, 'SIGQUIT');
  } catch {
    // It ended in this moment.
  }
}

const lastKnown = new WeakMap<object, Server>();

/** While it is down the last process is shown: that is where it comes back. */
function lastOf(supervised: Supervised<Server>): Server | undefined {
  if (supervised.child) lastKnown.set(supervised, supervised.child);
  return lastKnown.get(supervised);
}

function serviceComponent({ plan, process }: RunningService): RunningComponent {
  const { service, instance, address, opsUrl } = plan;
  const last = lastOf(process);
  return {
    name: instance,
    kind: service,
    pid: last?.pid ?? null,
    address: service === 'gateway' ? `http://${address}` : address,
    version: last?.version ?? null,
    healthUrl: `${opsUrl}/health/ready`,
  };
}

function proxyComponent(proxy: Supervised<Server>): RunningComponent {
  const last = lastOf(proxy);
  const address = last?.address ?? '';
  return {
    name: 'proxy',
    kind: 'proxy',
    pid: last?.pid ?? null,
    address,
    version: last?.version ?? null,
    healthUrl: `${address}/.proxy/live`,
  };
}
