import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The one with package.json, `infra` and `.tools`; sources and build are at different depths below it. */
export function productFolder(folder = __dirname): string {
  const above = dirname(folder);
  return above === folder || existsSync(join(folder, 'package.json')) ? folder : productFolder(above);
}

export function productVersion(): string {
  const file = join(productFolder(), 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : '';
}
