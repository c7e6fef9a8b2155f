import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import { sendSignal, stillAlive } from '../processes';
import { REPOSITORY } from '../repository';

export type ServiceName = 'gateway' | 'inventory' | 'checkout';

export interface Health {
  status: string;
  details: Record<string, { status: string } & Record<string, unknown>>;
}

// The contract gives a process 10 s to end; a machine that does other things gets a little more before it counts as stuck.
const END_MS = 15_000;
const READY_MS = 60_000;

/** One instance of a service: the built program as its own process, on the same ports and with the same log for all its lives. */
export class ServiceProcess {
  private child: Child | null = null;
  private ended = true;

  constructor(
    readonly service: ServiceName,
    /** E.g. `inventory-1`. */
    readonly name: string,
    /** Where it serves: HTTP of a gateway, calls of the others. */
    readonly port: number,
    private readonly opsPort: number,
    private readonly env: Record<string, string>,
    private readonly dir: string,
  ) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get isAlive(): boolean {
    return !this.ended;
  }

  /** Starts it and waits until it says that it is ready. `env` stands over what it was made with, for this life. */
  async start(env: Record<string, string> = {}): Promise<void> {
    this.ended = false;
    const child = await startChild({
      name: this.name,
      command: process.execPath,
      args: [join(REPOSITORY, `dist/apps/${this.service}/src/main.js`)],
      cwd: REPOSITORY,
      noteDir: this.dir,
      logFile: this.logFile,
      env: { ...this.env, ...env },
    });
    this.child = child;
    void child.exited.then(() => (this.ended = this.child === child || this.ended));
    await waitFor(
      `${this.name} to be ready`,
      async () => {
        if (this.ended) throw new Error(`it ended:\n${this.lastLog()}`);
        return (await this.ask('/health/ready')).status === 200;
      },
      { deadlineMs: READY_MS, everyMs: 25 },
    );
  }

  /** As an operator replaces it: SIGTERM, its own time to end, and nothing started yet. Resolves with how long it took. */
  async end(): Promise<number> {
    return this.finish('SIGTERM');
  }

  async kill9(): Promise<void> {
    await this.finish('SIGKILL');
  }

  async restart(env?: Record<string, string>): Promise<void> {
    if (this.isAlive) await this.end();
    await this.start(env);
  }

  async health(): Promise<Health> {
    return (await (await this.ask('/health/ready')).json()) as Health;
  }

  /** Sum of a metric's values over all its labels, or over those that hold `labels`. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await this.ask('/metrics')).text();
    const lines = text.split('\n').filter((line) => line.startsWith(name) && line.includes(labels));
    return lines
      .filter((line) => /^[{ ]/.test(line.slice(name.length)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  lastLog(lines = 25): string {
    try {
      return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '(no log)';
    }
  }

  private get logFile(): string {
    return join(this.dir, `${this.name}.log`);
  }

  private ask(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.opsPort}${path}`, { signal: AbortSignal.timeout(3_000) });
  }

  private async finish(signal: NodeJS.Signals): Promise<number> {
    if (this.child === null || this.ended) return 0;
    const { pid } = this.child;
    const began = performance.now();
    sendSignal(pid, signal);
    await waitFor(`the end of ${this.name}`, () => this.ended, { deadlineMs: END_MS }).catch((error) => {
      sendSignal(pid, 'SIGKILL');
      throw error;
    });
    await waitFor(`${this.name} to be gone`, () => stillAlive([pid]).length === 0);
    return performance.now() - began;
  }
}
