import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { KafkaSecurity } from '@holdfast/config';
import type { RunningComponent } from '../process/run-state';

/** A server or service that runs under its lifeline (tools/cluster/child.mjs). */
export interface Child {
  name: string;
  pid: number;
  exited: Promise<{ code: number | null; signal: string | null }>;
  stop(): Promise<unknown>;
  kill(): void;
  /** The end of its log. */
  lastLog(): string;
}

/** A started server says where it is and what it is. */
export interface Server extends Child {
  address: string;
  version: string | null;
}

/** Something that is started again when it dies (tools/cluster/supervisor.mjs). */
export interface Supervised<C extends Child = Child> {
  child: C | null;
  state: 'starting' | 'up' | 'down';
  kill(): void;
  letGo(): void;
  stop(): Promise<void>;
}

export type Say = (line: string) => void;

/** Servers as one. */
export interface ServerGroup {
  components(): Promise<RunningComponent[]>;
  stop(): Promise<void>;
}

interface Given {
  redisUrl: string | null;
  kafkaBrokers: string | null;
  kafkaSecurity: KafkaSecurity;
  connectUrl: string | null;
}

/** Of servers that somebody else runs. */
interface Answer {
  state: 'up' | 'down' | 'degraded';
  version: string | null;
  reason: string | null;
}

interface Tools {
  child: {
    startChild(how: {
      name: string;
      command: string;
      args: string[];
      logFile: string;
      cwd: string;
      noteDir: string;
      env: Record<string, string>;
      graceMs: number;
    }): Promise<Child>;
    untilReady<T>(
      child: Child,
      probe: () => Promise<T>,
      how: { what: string; deadlineMs?: number; say?: Say },
    ): Promise<T>;
    refuseChildren(): void;
    stopAllChildren(how: { graceMs: number }): Promise<void>;
  };
  errors: { ClusterError: new (message: string) => Error };
  given: {
    askRedisNodes(urls: string): Promise<Answer>;
    askBrokers(brokers: string, security: KafkaSecurity): Promise<Answer>;
    requireGiven(given: Given, how: { say: Say }): Promise<void>;
  };
  'own-connector': {
    requireOwnConnector(how: {
      connectUrl: string;
      databaseUrl: string;
      slot: string;
      dataDir: string;
    }): Promise<void>;
  };
  logins: {
    askRest(connectUrl: string, path: string, options?: RequestInit): Promise<Response>;
  };
  ports: {
    choosePorts(dir: string, names: string[]): Promise<Record<string, number>>;
    freePort(): Promise<number>;
  };
  preflight: { requirePrograms(how: { given: Given; say: Say }): Promise<void> };
  proxy: {
    startProxy(how: {
      dir: string;
      host: string;
      port: number;
      gateways: string[];
      hops: number;
      limits: boolean;
      say: Say;
    }): Promise<Server>;
  };
  servers: {
    startServers(how: {
      dataDir: string;
      redisPassword: string;
      kafkaPassword: string;
      given: Given;
      say: Say;
    }): Promise<ServerGroup & { redisUrl: string; kafkaBrokers: string; kafkaSecurity: KafkaSecurity }>;
    startStream(how: {
      dataDir: string;
      kafkaBrokers: string;
      kafkaSecurity: KafkaSecurity;
      databaseUrl: string;
      connectPassword: string;
      given: Given;
      slot: string;
      say: Say;
    }): Promise<ServerGroup & { connectUrl: string }>;
  };
  stray: {
    endStray(dir: string, say: Say, how?: { program?: string }): Promise<void>;
  };
  supervisor: {
    supervise<C extends Child>(what: {
      name: string;
      start: () => Promise<C>;
      onUp?: (child: C, signal: AbortSignal) => unknown;
      say: Say;
    }): Promise<Supervised<C>>;
  };
}

/**
 * Loads one of the plain tools of `tools/cluster`, which also run without the product (in containers, in tests). They are ES modules, and
 * this file is compiled to CommonJS, so a file that is not compiled imports them.
 */
export function loadTool<Name extends keyof Tools>(name: Name): Promise<Tools[Name]> {
  const load = createRequire(__filename)(join(repository(), 'tools/cluster/load.cjs')) as (
    name: string,
  ) => Promise<unknown>;
  return load(name) as Promise<Tools[Name]>;
}

/** Sources and build lie at different depths. */
function repository(folder = __dirname): string {
  return existsSync(join(folder, 'package.json')) ? folder : repository(dirname(folder));
}
