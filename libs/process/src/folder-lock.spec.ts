import { execFileSync, fork, spawn } from 'node:child_process';
import fs, {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FolderInUse, lockFolder } from './folder-lock';
import { identify } from './process-identity';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
const children: { kill(signal: NodeJS.Signals): boolean }[] = [];
let count = 0;
const newFile = () => join(folder, `lock-${(count += 1)}.json`);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A process that does nothing but live. */
function bystander(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  return child.pid!;
}

function mark(file: string, pid: number, began?: string): void {
  writeFileSync(file, JSON.stringify({ id: 'a-holder', pid, began: began ?? identify(pid)?.began }));
}

describe('the lock of a data folder', () => {
  it('is refused while a live process holds it, and says which', () => {
    const file = newFile();
    const pid = bystander();
    mark(file, pid);
    expect(() => lockFolder(file)).toThrow(FolderInUse);
    expect(() => lockFolder(file)).toThrow(`process ${pid}`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ id: 'a-holder', pid });
  });

  it('is refused to a second user inside the same process', () => {
    const file = newFile();
    const first = lockFolder(file);
    expect(() => lockFolder(file)).toThrow(FolderInUse);
    first.release();
    lockFolder(file).release();
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['a process that is gone', (file: string) => mark(file, 2 ** 22 + 1, 'long ago')],
    [
      'a dead process whose number lives on in a stranger',
      (file: string) => mark(file, bystander(), 'an earlier life'),
    ],
    ['a file that a power cut left empty', (file: string) => writeFileSync(file, '')],
    ['a file with the number 0', (file: string) => writeFileSync(file, '{"id":"x","pid":0,"began":""}')],
  ])('is taken over at once from %s', (_, leave) => {
    const file = newFile();
    leave(file);
    const lock = lockFolder(file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
    expect(readdirSync(folder).filter((name) => name.startsWith(file.split('/').pop()!))).toEqual([]);
  });

  it('is taken over when an earlier take-over was itself killed half-way', () => {
    const file = newFile();
    mark(file, 2 ** 22 + 1, 'long ago');
    writeFileSync(`${file}.a-holder`, JSON.stringify({ id: 'thief', pid: 2 ** 22 + 2, began: 'later' }));
    lockFolder(file).release();
    expect(existsSync(`${file}.a-holder`)).toBe(false);
  });

  it('does not take away the lock of a successor when it is released late', () => {
    const file = newFile();
    const lock = lockFolder(file);
    mark(file, bystander());
    lock.release();
    expect(existsSync(file)).toBe(true);
  });

  it('goes to exactly one when another starter runs between any two steps of a take-over', () => {
    let steps = 0;
    for (let at = 0; at <= steps; at += 1) {
      const file = newFile();
      mark(file, 2 ** 22 + 1, 'long ago');
      const winners: string[] = [];
      const starter = (name: string) => {
        try {
          lockFolder(file);
          winners.push(name);
        } catch (error) {
          if (!(error instanceof FolderInUse)) throw error;
        }
      };
      steps = between(
        at,
        () => starter('the other'),
        () => starter('the first'),
      );
      expect({ at, winners }).toEqual({ at, winners: [expect.any(String)] });
    }
    expect(steps).toBeGreaterThan(8);
  });

  it('goes to exactly one of many that find the same dead holder', async () => {
    const rounds = 150;
    const files = Array.from({ length: rounds }, newFile);
    for (const file of files) mark(file, 2 ** 22 + 1, 'long ago');
    const racers = await Promise.all(Array.from({ length: 6 }, () => race(files)));
    const winners = files.map((_, round) => racers.filter((won) => won[round]).length);
    expect(winners).toEqual(files.map(() => 1));
  });
});

/**
 * Runs the one, and the other before the step `at` of it; a step is a call that changes or reads files.
 * Returns how many steps the one took.
 */
function between(at: number, other: () => void, one: () => void): number {
  let steps = 0;
  const names = ['linkSync', 'readFileSync', 'renameSync', 'rmSync', 'writeFileSync'] as const;
  const spies = names.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const step = (...args: unknown[]) => {
      steps += 1;
      if (steps === at + 1) {
        const mine = steps;
        other();
        steps = mine;
      }
      return real(...args);
    };
    return jest.spyOn(fs, name).mockImplementation(step as never);
  });
  try {
    one();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return steps;
}

/** Runs the lock in a process of its own; tells which files it won. Nobody ends before all have tried. */
function race(files: string[]): Promise<boolean[]> {
  const child = fork(racerProgram(), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  children.push(child);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.on('message', (won) => done(won as boolean[]));
    child.send({ files, at: Date.now() + 1_500 });
  });
}

let program: string | null = null;
function racerProgram(): string {
  if (program !== null) return program;
  const root = resolve(__dirname, '../../..');
  const out = join(folder, 'out');
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/@swc/cli/bin/swc.js'),
      'libs/process/src',
      '-d',
      out,
      '--quiet',
      '--ignore',
      '**/*.spec.ts',
    ],
    { cwd: root, stdio: 'ignore' },
  );
  symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'));
  program = join(folder, 'racer.cjs');
  writeFileSync(
    program,
    `const { lockFolder } = require(${JSON.stringify(join(out, 'libs/process/src/folder-lock.js'))});
     process.on('message', ({ files, at }) => {
       while (Date.now() < at);
       const won = files.map((file) => { try { lockFolder(file); return true; } catch { return false; } });
       process.send(won);
       setInterval(() => {}, 1000);
     });`,
  );
  return program;
}
