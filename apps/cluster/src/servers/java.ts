import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inheritedEnv, productFolder, StartError } from '@holdfast/process';

const kafkaConf = join(productFolder(), 'infra/kafka');
const JAVA_MAJOR_MIN = 17; // Kafka 4's brokers and Connect

export interface Java {
  command: string;
  /** All that it prints about its version. */
  version: string;
}

/** The program to run; throws a `StartError` when there is none or it is too old. */
export function findJava(): Java {
  const home = inheritedEnv()['JAVA_HOME'];
  const command = home ? join(home, 'bin/java') : 'java';
  const { error, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  const version = stderr ?? '';
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (!error && major >= JAVA_MAJOR_MIN) return { command, version };
  const found = error ? 'there is no java on PATH' : `java on PATH is version ${major || 'unknown'}`;
  throw new StartError(
    `Kafka needs Java ${JAVA_MAJOR_MIN} or newer, but ${found}: install it (Debian: apt-get install openjdk-17-jre-headless), ` +
      'or name running servers in KAFKA_BROKERS and CONNECT_URL',
  );
}

/**
 * Holds the class archives (class-archives.ts) of these jars for this Java. A JVM refuses an archive that
 * another version made, or that was made of jars at another place, so either has its own folder.
 */
export function archivesOf({ version }: Java, libs: string): string {
  const stamp = createHash('sha256').update(version).update(libs).digest('hex').slice(0, 12);
  return join(libs, `classes-${stamp}`);
}

export interface JavaOptions {
  java: Java;
  /** Names its class archive. */
  program: 'kafka' | 'connect';
  /** From kafka-jars.ts. */
  libs: string;
  /** Rolled by log4j. */
  logFile: string;
  heapMb?: number;
  /** A folder, to which the JVM writes its class archive when it ends. */
  archiveTo?: string | undefined;
  more?: readonly string[];
}

/** Arguments of a JVM with a small heap. */
export function javaArgs(options: JavaOptions): string[] {
  const { java, program, libs, logFile, heapMb = 192, archiveTo, more = [] } = options;
  const archive = join(archivesOf(java, libs), `${program}.jsa`);
  // In the same order each time, else the archive does not fit.
  const jars = readdirSync(join(libs, 'lib'))
    .filter((name) => name.endsWith('.jar'))
    .sort();
  return [
    `-Xms64m`,
    `-Xmx${heapMb}m`,
    // One or two cores and a small heap: the parallel collectors and the second compiler only cost memory and
    // start time.
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    // A broker that is out of memory hardly works for minutes; a dead one is restarted.
    '-XX:+ExitOnOutOfMemoryError',
    `-Dlog4j2.configurationFile=${join(kafkaConf, 'log4j2.xml')}`,
    `-Dholdfast.log=${logFile}`,
    ...(archiveTo ? [`-XX:ArchiveClassesAtExit=${join(archiveTo, `${program}.jsa`)}`] : []),
    // With the path of a missing archive, a JVM starts without its default one.
    ...(!archiveTo && existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []),
    ...more,
    '-cp',
    jars.map((jar) => join(libs, 'lib', jar)).join(':'),
  ];
}

export type Properties = Readonly<Record<string, string | number>>;

/** Writes a properties file: the repository's settings, then those of this machine. */
export function properties(files: readonly string[], more: Properties): string {
  const texts = files.map((file) => readFileSync(join(kafkaConf, file), 'utf8'));
  return [...texts, ...Object.entries(more).map(([key, value]) => `${key}=${escaped(value)}`), ''].join('\n');
}

/** Java reads these files as Latin-1, but the path of a data folder may have other characters. */
const escaped = (value: string | number) =>
  String(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Quoted for Java's parser of JAAS lines. */
export const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Writes a file with a secret, readable by its owner alone, whatever rights an older file had. */
export function writeSecret(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
}

/** Java decodes file names by the locale, and the default locale has only ASCII. */
export const javaEnv = { LC_ALL: 'C.UTF-8' };
