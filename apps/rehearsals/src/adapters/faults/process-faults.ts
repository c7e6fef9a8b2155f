import type { FaultTarget } from '@holdfast/contracts';
import { identify, isAlive, type ProcessIdentity, readRunState, sendSignal } from '@holdfast/process';
import { Faults, type InjectedFault } from '../../application/ports/faults.port';
import { CannotRehearse } from '../../application/outcome';
import { isWithin, readProcesses, withChildren } from '../proc/process-tree';
import { pauseProcesses } from './pause-processes';

/**
 * What is done to each part. The launcher restarts what dies, and two instances share the work, so a service and
 * Redis are killed. Kafka and PostgreSQL would take longer to come back than a rush lasts: they are paused, as a
 * disk or a network that hangs would do.
 */
const HOW: Readonly<Record<FaultTarget, 'killed' | 'paused'>> = {
  redis: 'killed',
  kafka: 'paused',
  postgres: 'paused',
  inventory: 'killed',
  checkout: 'killed',
  gateway: 'killed',
};

/** On processes of run.json only, and only while they are descendants of the product's own process. */
export class ProcessFaults extends Faults {
  constructor(private readonly dataDir: string) {
    super();
  }

  refusal(targets: readonly FaultTarget[]): string | null {
    if (targets.length === 0) return null;
    const run = readRunState(this.dataDir);
    if (!run)
      return 'faults need processes that this product has started, and it has no run.json (a container?): rehearse without --faults';
    const missing = targets.filter((target) => this.find(target) === null);
    if (missing.length === 0) return null;
    const why =
      run.mode === 'standalone'
        ? 'the standalone product has only its embedded postgres as a process of its own: name that, or start the cluster (npm run cluster)'
        : 'this product did not start it: leave it out';
    return `a fault of ${missing.join(', ')} cannot be injected: ${why}`;
  }

  async inject(target: FaultTarget, forMs: number, signal: AbortSignal): Promise<InjectedFault> {
    const victim = this.find(target);
    if (!victim) throw new CannotRehearse(`${target} is not running, so no fault can be injected`);
    const how = HOW[target];
    let fromMs = Date.now();
    if (how === 'killed') {
      if (isAlive(victim)) sendSignal(victim.pid, 'SIGKILL');
    } else {
      const pids = target === 'postgres' ? withChildren(readProcesses(), victim.pid) : [victim.pid];
      await pauseProcesses(pids, forMs, signal, () => (fromMs = Date.now()));
    }
    return { target, how, fromMs, toMs: Date.now() };
  }

  /** The first instance; null: none that this product has started. Read anew each time: pids change. */
  private find(target: FaultTarget): ProcessIdentity | null {
    const run = readRunState(this.dataDir);
    const processes = readProcesses();
    for (const { kind, pid } of run?.components ?? [])
      if (kind === target && pid !== null && isWithin(processes, pid, run!.pid)) return identify(pid);
    return null;
  }
}
