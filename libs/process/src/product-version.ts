import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** From the package.json above this file: sources and build lie at different depths. */
export function productVersion(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    if (folder === dirname(folder)) return '';
  }
}
