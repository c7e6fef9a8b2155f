import {
  type Child,
  endStray,
  inWords,
  isFree,
  type RunningComponent,
  type Say,
  StartError,
  type Supervised,
  supervise,
} from '@holdfast/process';
import { withoutLogin } from './connect-rest';

/** A started server with its address and version. */
export interface Server extends Child {
  /** Without a login. */
  readonly address: string;
  readonly version: string | null;
}

/** A running server: its entry in run.json, and how to stop it. */
export interface ServerOptions {
  /** Holds everything of the server; a later start finds it by this directory. */
  dir: string;
  port: number;
  say?: Say;
}

/** Of a server that is a Java program. */
export interface JavaServerOptions extends ServerOptions {
  /** From kafka-jars.ts. */
  libs: string;
  /** A folder, to which it writes its class archive when it ends. */
  archiveTo?: string;
}

/** Writing an archive takes seconds, and minutes on a machine whose cores are all busy. */
export const ARCHIVE_MS_MAX = 180_000;

/** Combines servers. */
export interface ServerGroup {
  components(): RunningComponent[];
  stop(): Promise<void>;
}

/** Stops a server that a killed launcher left, and makes sure that its ports are free. */
export async function takePorts(
  title: string,
  dir: string,
  ports: readonly number[],
  say?: Say,
): Promise<void> {
  await endStray(dir, say);
  for (const port of ports)
    if (!(await isFree(port)))
      throw new StartError(`port ${port}, meant for ${title}, is in use by something else`);
}

/** Keeps a server running, and reports its address. */
export async function keep(
  title: string,
  say: Say,
  start: () => Promise<Server>,
  onUp?: (server: Server, signal: AbortSignal) => Promise<unknown>,
): Promise<Supervised<Server>> {
  const server = await supervise({ start, onUp, onEvent: inWords(title, say) });
  say(`${server.last.name} ${server.last.version} answers at ${server.last.address}`);
  return server;
}

type Kind = RunningComponent['kind'];

export function describe(
  kind: Kind,
  { last: { pid, address, version } }: Supervised<Server>,
): RunningComponent {
  return { name: kind, kind, pid, address, version };
}

export function named(kind: Kind, address: string, version: string | null): RunningComponent {
  return { name: kind, kind, pid: null, address: withoutLogin(address), version };
}
