#!/usr/bin/env node
// Assembles Kafka, Connect and Debezium from Maven Central into .tools/, once per version of infra/kafka/pom.xml.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.mjs';
import { ClusterError } from './errors.mjs';
import { which } from './programs.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const pom = join(root, 'infra/kafka/pom.xml');
// A first run fetches about 200 files; a line for each would hide what matters.
const FILES_PER_LINE = 40;
const LOOK_MS = 500;

/** @returns {{kafka: string, debezium: string}} the versions that the pom names */
export function versions() {
  const text = readFileSync(pom, 'utf8');
  const of = (name) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? 'unknown';
  return { kafka: of('kafka.version'), debezium: of('debezium.version') };
}

/** @returns {string} where this version of Kafka is, or will be once it is assembled */
export function kafkaFolder(tools = join(root, '.tools')) {
  const stamp = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  return join(tools, `kafka-${stamp}`);
}

/** Throws a ClusterError when Kafka has to be fetched and there is nothing to fetch it with. */
export function requireMaven() {
  if (existsSync(kafkaFolder()) || which('mvn')) return;
  throw new ClusterError(
    'there is no Maven (mvn) on PATH: install it (Debian: apt-get install maven), or name running servers in KAFKA_BROKERS and CONNECT_URL',
  );
}

/** @returns {Promise<string>} the folder that holds `lib` and `plugins` */
export async function assembleKafka({ say = () => undefined, tools = join(root, '.tools') } = {}) {
  const folder = kafkaFolder(tools);
  if (existsSync(folder)) return folder;
  requireMaven();
  const { kafka, debezium } = versions();
  say(`Fetching Kafka ${kafka} and Debezium ${debezium} from Maven Central (once, about 80 MB) …`);
  // Aside and renamed: an interrupted download is never taken for a whole one.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const failed = (await mvn([], draft, say)) && (await mvn(['-o'], draft, say)); // offline: all may be in the local repository
    if (failed)
      throw new ClusterError(
        `Maven could not fetch Kafka: is Maven Central (or your mirror) reachable?\n${failed}`,
      );
    rmSync(join(draft, 'markers'), { recursive: true, force: true });
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  say(`Kafka is in ${folder} (${readdirSync(join(folder, 'lib')).length} jars)`);
  return folder;
}

/** @returns {Promise<string|null>} null when it went well, else the end of what Maven said */
async function mvn(flags, out, say) {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-maven-'));
  const logFile = join(dir, 'maven.log');
  try {
    const child = await startChild({
      name: 'maven',
      command: 'mvn',
      args: ['-B', ...flags, '-f', pom, 'package', `-Dout=${out}`],
      logFile,
      cwd: dir,
      env: process.env, // it may need a proxy or options of the person's own
      graceMs: 2_000,
    });
    let told = 0;
    const look = setInterval(() => {
      const files = readFileSync(logFile, 'utf8').split('Downloaded from').length - 1;
      if (files - told < FILES_PER_LINE) return;
      told = files - (files % FILES_PER_LINE);
      say(`… ${told} files`);
    }, LOOK_MS);
    const { code } = await child.exited;
    clearInterval(look);
    return code === 0 ? null : child.lastLog();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  assembleKafka({ say: (line) => console.error(line) }).then(console.log, (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
