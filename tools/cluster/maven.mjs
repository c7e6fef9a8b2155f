#!/usr/bin/env node
// Assembles Kafka, Connect and Debezium from Maven Central into .tools/, once per version of infra/kafka/pom.xml.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from './errors.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const pom = join(root, 'infra/kafka/pom.xml');
// A first run fetches about 200 files; a line for each would hide what matters.
const FILES_PER_LINE = 40;

/** @returns {{kafka: string, debezium: string}} the versions that the pom names */
export function versions() {
  const text = readFileSync(pom, 'utf8');
  const of = (name) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? 'unknown';
  return { kafka: of('kafka.version'), debezium: of('debezium.version') };
}

/** @returns {Promise<string>} the folder that holds `lib` and `plugins` */
export async function assembleKafka({ say = () => undefined, tools = join(root, '.tools') } = {}) {
  const stamp = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(tools, `kafka-${stamp}`);
  if (existsSync(folder)) return folder;
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
function mvn(flags, out, say) {
  return new Promise((done, fail) => {
    const child = spawn('mvn', ['-B', ...flags, '-f', pom, 'package', `-Dout=${out}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let last = [];
    let files = 0;
    const read = (bytes) => {
      for (const line of String(bytes).split('\n').filter(Boolean)) {
        if (line.includes('Downloaded from')) {
          files += 1;
          if (files % FILES_PER_LINE === 0) say(`… ${files} files`);
        }
        last = [...last, line].slice(-12);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', () =>
      fail(
        new ClusterError(
          'there is no Maven (mvn) on PATH: install it (Debian: apt-get install maven), or name running servers in KAFKA_BROKERS and CONNECT_URL',
        ),
      ),
    );
    child.once('close', (code) => done(code === 0 ? null : last.join('\n')));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  assembleKafka({ say: (line) => console.error(line) }).then(console.log, (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
