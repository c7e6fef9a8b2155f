// `npx holdfast` looks into node_modules/.bin, where npm links the commands of dependencies but not the package's own one.
import { chmodSync, existsSync, lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TARGET = '../../tools/holdfast.mjs';

/** Makes `npx holdfast` work in this clone. A folder that we may not write is left as it is. */
export function linkCommand() {
  const folder = join(root, 'node_modules', '.bin');
  const link = join(folder, 'holdfast');
  if (!existsSync(folder)) return;
  try {
    const there = lstatSync(link, { throwIfNoEntry: false });
    if (there?.isSymbolicLink() && readlinkSync(link) === TARGET) return;
    if (there) rmSync(link, { force: true });
    symlinkSync(TARGET, link);
    chmodSync(join(root, 'tools', 'holdfast.mjs'), 0o755);
  } catch {
    // Another user's clone: its owner's start makes the link.
  }
}
