import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, freePort, isFree } from '@holdfast/process';
import { waitFor } from '@holdfast/testing';
import { queryRedis } from '../../apps/cluster/src/servers/query-redis';
import { startRedis } from '../../apps/cluster/src/servers/redis';

interface Settings {
  [name: string]: string | number;
}

// What a node of a cluster is told beside the product's redis.conf; a restarted one has to be told again.
const CLUSTER_NODE = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': 2000,
  'cluster-require-full-coverage': 'no',
};
const CLUSTER_BUS_OFFSET = 10_000;
const SLOTS = 16_384;
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
    const nodes = await Promise.all(
      ports.map(async (port) => {
        const home = join(dir, String(port));
        return TestRedis.node(await startRedis({ dir: home, port, set: CLUSTER_NODE }), home, port);
      }),
    );
    const cluster = new TestRedisCluster(nodes, dir);
    await joinNodes(ports).catch(async (error) => {
      await cluster.stop();
      throw error;
    });
    return cluster;
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

/** Gives each its share of the slots, and waits until all know of all. */
async function joinNodes(ports: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const from = Math.floor((index * SLOTS) / ports.length);
    const to = Math.floor(((index + 1) * SLOTS) / ports.length) - 1;
    await queryRedis({ port }, 'CLUSTER', 'ADDSLOTSRANGE', from, to);
    await queryRedis({ port }, 'CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (index > 0) await queryRedis({ port: ports[0]! }, 'CLUSTER', 'MEET', '127.0.0.1', port);
  }
  const facts = ['cluster_state:ok', `cluster_known_nodes:${ports.length}`, `cluster_slots_ok:${SLOTS}`];
  await waitFor('the Redis nodes to find each other', async () => {
    const infos = await Promise.all(ports.map((port) => queryRedis({ port }, 'CLUSTER', 'INFO')));
    return infos.every((info) => facts.every((fact) => info.includes(fact)));
  });
}
