import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const SETUP = join(ROOT, 'test/setup');
const FILES = {
  'own.js': `module.exports = { loaded: (module.exports.loaded ?? 0) + 1 };`,
  // The longest runs first.
  'first.spec.js': `// ${'-'.repeat(2_000)}
    jest.mock('picocolors', () => 'a mock');
    it('leaves behind what it can', () => {
      expect(require('picocolors')).toBe('a mock');
      require('./own').loaded = 9;
      require('pg').seenBy = 'first';
      globalThis.left = process.env.LEFT = 'behind';
      globalThis.fetch = 'none';
      jest.spyOn(require('pg').Client.prototype, 'connect').mockReturnValue('spied');
      jest.spyOn(Math, 'random').mockReturnValue(0.5);
      process.on('SIGUSR2', () => undefined);
      jest.useFakeTimers({ now: 0 });
      expect(Date.now()).toBe(0);
    });`,
  'second.spec.js': `
    it('finds the shared module, and nothing else', () => {
      const zod = require('zod');
      expect(require('pg').seenBy).toBe('first');
      expect(jest.isMockFunction(require('pg').Client.prototype.connect)).toBe(false);
      expect(typeof require('picocolors').red).toBe('function');
      expect(require('./own').loaded).toBe(1);
      expect([typeof left, typeof process.env.LEFT, typeof fetch]).toEqual(['undefined', 'undefined', 'function']);
      expect(Math.random()).not.toBe(0.5);
      expect(process.listenerCount('SIGUSR2')).toBe(0);
      expect(Date.now()).toBeGreaterThan(1e12);
      expect(() => zod.string().parse(1)).toThrow(Error);
    });`,
};

describe('test files that share the installed modules of their worker', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-shared-modules-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (config: object) =>
    new Promise<string>((done) => {
      const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
      execFile(process.execPath, [jest, '-i', '--config', JSON.stringify(config)], (_, __, told) =>
        done(told),
      );
    });

  it('are kept apart in all else', async () => {
    const told = await run({
      rootDir: folder,
      transform: {},
      testSequencer: join(SETUP, 'longest-first.cjs'),
      runtime: join(SETUP, 'shared-modules.cjs'),
      testEnvironment: join(SETUP, 'one-context.cjs'),
    });
    expect(told).toMatch(/first\.spec\.js[^]*second\.spec\.js/);
    expect(told).toContain('Tests:       2 passed, 2 total');
  }, 60_000);
});
