// What the broker and Connect have in common: one Java, small heaps, one log setting.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from './errors.mjs';

export const kafkaConf = resolve(dirname(fileURLToPath(import.meta.url)), '../../infra/kafka');

const JAVA_MAJOR_MIN = 17; // Kafka 4's brokers and Connect

/** @returns {string} the program to run; throws a ClusterError when there is none or it is too old */
export function findJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java';
  const { error, stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
  if (!error && major >= JAVA_MAJOR_MIN) return java;
  const found = error ? 'there is no java on PATH' : `java on PATH is version ${major || 'unknown'}`;
  throw new ClusterError(
    `Kafka needs Java ${JAVA_MAJOR_MIN} or newer, but ${found}: install it (Debian: apt-get install openjdk-17-jre-headless), ` +
      'or name running servers in KAFKA_BROKERS and CONNECT_URL',
  );
}

/** Arguments of a JVM with a small heap. `libs` comes from maven.mjs; `logFile` is rolled by log4j; `more` are options of its own. */
export function javaArgs({ libs, logFile, heapMb = 192, more = [] }) {
  const jars = readdirSync(join(libs, 'lib')).filter((name) => name.endsWith('.jar'));
  return [
    `-Xms64m`,
    `-Xmx${heapMb}m`,
    // One or two cores and a small heap: the parallel collectors and the second compiler only cost memory and start time.
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    // A broker that is out of memory limps on for minutes; a dead one is started again.
    '-XX:+ExitOnOutOfMemoryError',
    `-Dlog4j2.configurationFile=${join(kafkaConf, 'log4j2.xml')}`,
    `-Dholdfast.log=${logFile}`,
    ...more,
    '-cp',
    jars.map((jar) => join(libs, 'lib', jar)).join(':'),
  ];
}

/** Properties files: the ones of the repository, then what only this machine knows. */
export function properties(files, more) {
  const texts = files.map((file) => readFileSync(join(kafkaConf, file), 'utf8'));
  return [...texts, ...Object.entries(more).map(([key, value]) => `${key}=${escaped(value)}`), ''].join('\n');
}

/** Java reads these files as Latin-1: a data folder may have other letters. */
const escaped = (value) =>
  String(value)
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Java takes names of files for the locale's letters, and a bare locale has none beyond ASCII. */
export const javaEnv = { LC_ALL: 'C.UTF-8' };
