import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadModule } from '../../tools/cluster/load-module';

interface Child {
  pid: number;
  exited: Promise<unknown>;
  kill(): void;
  stop(): Promise<void>;
}
interface Settings {
  [name: string]: string | number;
}

const tools = resolve(__dirname, '../../tools/cluster');
const { startRedis, startRedisCluster } = loadModule<{
  startRedis(where: { dir: string; port: number; password?: string; set?: Settings }): Promise<Child>;
  startRedisCluster(where: {
    dir: string;
    ports: number[];
  }): Promise<{ nodes: Child[]; stop(): Promise<void> }>;
}>(join(tools, 'redis.mjs'));
const { freePort, isFree } = loadModule<{
  freePort(taken?: Set<number>): Promise<number>;
  isFree(port: number): Promise<boolean>;
}>(join(tools, 'ports.mjs'));

// What a node of a cluster is told beside the product's redis.conf; a restarted one has to be told again.
const CLUSTER_NODE = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': 2000,
  'cluster-require-full-coverage': 'no',
};
const CLUSTER_BUS_OFFSET = 10_000;
// Above it are the ports of connections that go out: one of them could keep a node from coming back to its bus.
const LASTING_PORT_MAX = 32_767;

/** A Redis of its own for one test file, with the product's redis.conf. It keeps its address over `kill` and `start`. */
export class TestRedis {
  private constructor(
    private child: Child | null,
    private readonly dir: string,
    readonly port: number,
    private readonly set: Settings,
    private readonly ownsDir: boolean,
  ) {}

  static async start(set: Settings = {}): Promise<TestRedis> {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
    const port = await freePort();
    return new TestRedis(await startRedis({ dir, port, set }), dir, port, set, true);
  }

  /** A node that somebody else has started. */
  static node(child: Child, dir: string, port: number): TestRedis {
    return new TestRedis(child, dir, port, CLUSTER_NODE, false);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.child!.pid;
  }

  /** `kill -9`: connections break, and what it knew is lost. */
  async kill(): Promise<void> {
    const child = this.child!;
    this.child = null;
    child.kill();
    await child.exited;
  }

  /** After `kill`: empty, at the same address. */
  async start(): Promise<void> {
    this.child = await startRedis({ dir: this.dir, port: this.port, set: this.set });
  }

  /** Nothing is answered until `resume`, and nobody is told. */
  stall(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    if (this.child) {
      this.resume();
      await this.child.stop();
    }
    if (this.ownsDir) rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Three masters on loopback, each with a third of the slots. */
export class TestRedisCluster {
  private constructor(
    readonly nodes: TestRedis[],
    private readonly dir: string,
  ) {}

  static async start(): Promise<TestRedisCluster> {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-redis-cluster-'));
    const ports = await clusterPorts(3);
    const { nodes } = await startRedisCluster({ dir, ports });
    const each = nodes.map((node, i) => TestRedis.node(node, join(dir, String(ports[i])), ports[i]!));
    return new TestRedisCluster(each, dir);
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A node also listens on its port + 10000. */
async function clusterPorts(count: number): Promise<number[]> {
  const taken = new Set<number>();
  while (taken.size < count) {
    const port = await freePort(taken);
    const bus = port + CLUSTER_BUS_OFFSET;
    if (bus <= LASTING_PORT_MAX && (await isFree(bus))) taken.add(port);
  }
  return [...taken];
}
