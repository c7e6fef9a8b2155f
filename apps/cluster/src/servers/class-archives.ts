import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePorts, type Say } from '@holdfast/process';
import { startConnect } from './connect';
import { archivesOf, findJava } from './java';
import { startKafka } from './kafka';
import { assembleKafka, moveInto } from './kafka-jars';

// Nothing is registered with this worker.
const NO_SOURCE = { CDC_HOST: '', CDC_PORT: '', CDC_DATABASE: '', CDC_USER: '', CDC_PASSWORD: '' };

/**
 * Kafka as `assembleKafka` gives it, and the class archives of the broker and of Connect (the JVM's class data sharing): with them each starts in half
 * the CPU time and takes 10 MB less. They are made once, by a run of both that takes 20 s, so the product's own start does without where there are
 * none.
 */
export async function prepareKafka(say: Say): Promise<string> {
  const libs = await assembleKafka(say);
  const archives = archivesOf(findJava(), libs);
  if (existsSync(archives)) return libs;
  say('Writing class archives for a quicker start of Kafka and Connect (once) …');
  const draft = `${archives}.${process.pid}`;
  mkdirSync(draft);
  try {
    await writeArchives(libs, draft);
    moveInto(archives, draft);
  } catch (error) {
    say(`Kafka and Connect start without class archives: ${(error as Error).message}`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return libs;
}

async function writeArchives(libs: string, archiveTo: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-classes-'));
  const password = randomBytes(16).toString('hex');
  try {
    const ports = await choosePorts(dir, ['kafka', 'controller', 'connect']);
    const one = { libs, password, archiveTo };
    const kafka = await startKafka({
      ...{ ...one, dir: join(dir, 'kafka') },
      ...{ port: ports.kafka, controllerPort: ports.controller },
    });
    try {
      const connect = await startConnect({
        ...{ ...one, dir: join(dir, 'connect'), port: ports.connect },
        ...{ brokers: kafka.address, security: kafka.security, cdc: NO_SOURCE },
      });
      await connect.stop();
    } finally {
      await kafka.stop();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
