import type { LoadSample } from '@holdfast/audit';

export interface PartSample {
  atMs: number;
  /** Processors in use, by kind of part: `gateway`, `postgres`, `k6`, … */
  cpu: Record<string, number>;
  /** The same by process, with what else saturates. */
  load: LoadSample;
}

export interface Machine {
  cpus: number;
  cpuModel: string;
  memoryBytes: number;
  platform: string;
  node: string;
  product: string;
}

/** Measures the parts of the product on this machine. */
export abstract class PartWatch {
  abstract machine(): Machine;
  /** One sample a second until `stop`, which returns them. */
  abstract start(): { stop(): Promise<PartSample[]> };
}
