#!/usr/bin/env node
// `npm run cluster:down`: ends a cluster that was started elsewhere, e.g. in another terminal, and waits until all of it is gone.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const say = (line) => process.stderr.write(`${line}\n`);
// The launcher forces its own end after 9 s.
const PATIENCE_MS = 15_000;
const dataDir = resolve(process.env.HOLDFAST_DATA_DIR || '.holdfast');

const HELP = `Ends a cluster that was started elsewhere, and waits until all of it is gone. What it keeps stays in the data folder.

  npm run cluster:down

HOLDFAST_DATA_DIR names the data folder (.holdfast). Exit code: 0 it is down, 1 it could not be ended, 2 wrong usage.`;

process.exitCode = refuseArguments(process.argv.slice(2)) ?? (await down());

/** The exit code when there is nothing to do but to answer; null: go on. */
function refuseArguments(args) {
  if (args.length === 0) return null;
  const unknown = args.find((arg) => !['--help', '-h'].includes(arg));
  if (unknown === undefined) {
    console.log(HELP);
    return 0;
  }
  say(`unknown argument: ${unknown}. \`npm run cluster:down -- --help\` says what there is.`);
  return 2;
}

async function down() {
  const lock = readJson('lock.json');
  const run = readJson('run.json');
  if (!lock || !isLauncher(lock.pid)) {
    say(`Nothing runs on ${dataDir}.`);
    return 0;
  }
  const { pid } = lock;
  // Without run.json, or with the one of a dead product, it is still starting: it may be ended all the same.
  const mine = run?.pid === pid ? run : null;
  if ((mine?.mode ?? lock.mode ?? 'cluster') !== 'cluster') {
    say(
      `On ${dataDir} runs a standalone product (process ${pid}, ${mine?.address ?? 'still starting'}): stop it where it was started, with Ctrl-C.`,
    );
    return 1;
  }
  say(
    `Stopping the cluster on ${dataDir} (process ${pid}${mine ? `, ${mine.address}` : ', still starting'}) …`,
  );
  const pids = (mine?.components ?? []).map((it) => it.pid).filter((it) => Number.isInteger(it) && it > 1);
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (error.code === 'ESRCH') return 0;
    say(`It cannot be stopped (${error.code}): run this as the user who started it.`);
    return 1;
  }
  const began = Date.now();
  while ([pid, ...pids].some(isAlive)) {
    if (Date.now() - began > PATIENCE_MS) {
      say(`These processes are still there: ${[pid, ...pids].filter(isAlive).join(', ')}`);
      return 1;
    }
    await pause(50);
  }
  say(`It is down (${((Date.now() - began) / 1000).toFixed(1)} s). What it keeps is in ${dataDir}.`);
  return 0;
}

function readJson(name) {
  const file = join(dataDir, name);
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  } catch (error) {
    if (error.code === 'EACCES') say(`${file} cannot be read: run this as the user who started the cluster.`);
    return null;
  }
}

/** The number alone may by now belong to a stranger. */
function isLauncher(pid) {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  try {
    const args = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return /tools\/start\.mjs|apps\/standalone\/src\/main\.js/.test(args);
  } catch {
    return false;
  }
}

/** Remains that nobody has waited for are dead for every purpose. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true; // no /proc here
  }
}
