import { readdirSync, readFileSync } from 'node:fs';

interface Sample {
  atMs: number;
  residentMb: number;
  descriptors: number;
}

const EVERY_MS = 500;

/** Memory and open descriptors of one process, as Linux sees them. */
export class ProcessWatch {
  private readonly samples: Sample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Null when the process is gone. */
  look(): Sample | null {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
      const sample = {
        atMs: performance.now(),
        residentMb: Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)![1]) / 1024),
        descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
      };
      this.samples.push(sample);
      return sample;
    } catch {
      return null;
    }
  }

  most(what: 'residentMb' | 'descriptors', fromMs: number, toMs: number): number {
    const within = this.samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    return within.reduce((most, sample) => Math.max(most, sample[what]), 0);
  }
}
