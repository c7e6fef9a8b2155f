import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

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
});
