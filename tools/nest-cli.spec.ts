import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');

interface Project {
  type: 'application' | 'library';
  root: string;
  entryFile: string;
  sourceRoot: string;
}

describe('nest-cli.json', () => {
  const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')) as {
    projects: Record<string, Project>;
  };

  it('knows every app and every library, by the place where it is', () => {
    for (const [folder, type] of [
      ['apps', 'application'],
      ['libs', 'library'],
    ] as const) {
      const known = Object.values(projects).filter((project) => project.type === type);
      expect(known.map((project) => project.root).sort()).toEqual(
        readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
      );
      for (const { sourceRoot, entryFile } of known)
        expect(existsSync(join(root, sourceRoot, `${entryFile}.ts`))).toBe(true);
    }
  });

  it('leads `nest start` to build every app, and to start the one that is named', () => {
    // Inside the repository, where its packages are found.
    mkdirSync(join(root, '.holdfast'), { recursive: true });
    const folder = mkdtempSync(join(root, '.holdfast/nest-'));
    const tsconfig = join(folder, 'tsconfig.json');
    writeFileSync(
      tsconfig,
      JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { outDir: './out' } }),
    );
    try {
      // Of all apps the one that ends by itself: without a command it prints its usage.
      const args = ['node_modules/@nestjs/cli/bin/nest.js', 'start', 'cli', '-p', relative(root, tsconfig)];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      expect(stderr).toContain('Usage: holdfast');
      expect(status).toBe(2);
      const built = readdirSync(join(folder, 'out'), { recursive: true }).map(String);
      for (const app of readdirSync(join(root, 'apps'))) expect(built).toContain(`apps/${app}/src/main.js`);
      expect(built.filter((file) => /\.spec\.js$|\/web\//.test(file))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
