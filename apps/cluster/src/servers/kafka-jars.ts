import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personsEnv, productFolder, type Say, startChild, StartError } from '@holdfast/process';
import { which } from './programs';

const tools = join(productFolder(), '.tools');
const pom = join(productFolder(), 'infra/kafka/pom.xml');
// A first run fetches about 200 files; a line for each would hide other messages.
const FILES_PER_LINE = 40;
const LOOK_MS = 500;

/** The versions that the pom names. */
export function versions(): { kafka: string; debezium: string } {
  const text = readFileSync(pom, 'utf8');
  const of = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? 'unknown';
  return { kafka: of('kafka.version'), debezium: of('debezium.version') };
}

/** Where this version of Kafka is, or will be once it is assembled. */
function kafkaFolder(): string {
  const stamp = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  return join(tools, `kafka-${stamp}`);
}

/** Throws a `StartError` when Kafka must be fetched and Maven is missing. */
export function requireMaven(): void {
  if (existsSync(kafkaFolder()) || which('mvn')) return;
  throw new StartError(
    'there is no Maven (mvn) on PATH: install it (Debian: apt-get install maven), or name running servers in KAFKA_BROKERS and CONNECT_URL',
  );
}

/**
 * Assembles Kafka, Connect and Debezium from Maven Central, once per version of infra/kafka/pom.xml. Returns the folder that holds `lib` and
 * `plugins`.
 */
export async function assembleKafka(say: Say = () => undefined): Promise<string> {
  const folder = kafkaFolder();
  if (existsSync(folder)) return realpathSync(folder); // .tools may be a link; class archives go by the path of the jars
  requireMaven();
  const { kafka, debezium } = versions();
  say(`Fetching Kafka ${kafka} and Debezium ${debezium} from Maven Central (once, about 80 MB) …`);
  // Assembled elsewhere and renamed: an interrupted download is never taken for a complete one.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    const failed = (await mvn([], draft, say)) && (await mvn(['-o'], draft, say)); // offline: all may be in the local repository
    if (failed)
      throw new StartError(
        `Maven could not fetch Kafka: is Maven Central (or your mirror) reachable?\n${failed}`,
      );
    rmSync(join(draft, 'markers'), { recursive: true, force: true });
    moveInto(folder, draft);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  say(`Kafka is in ${folder} (${readdirSync(join(folder, 'lib')).length} jars)`);
  return realpathSync(folder);
}

/** Renames `draft` to `folder`, unless that is there already. */
export function moveInto(folder: string, draft: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was quicker, and assembled the same.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Null on success, else the end of Maven's output. */
async function mvn(flags: readonly string[], out: string, say: Say): Promise<string | null> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-maven-'));
  const logFile = join(dir, 'maven.log');
  try {
    const child = await startChild({
      name: 'maven',
      command: 'mvn',
      args: ['-B', ...flags, '-f', pom, 'package', `-Dout=${out}`],
      logFile,
      cwd: dir,
      env: personsEnv(),
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
