// Install scripts of packages run with our rights. Only those that `allowScripts` of package.json allows do, by whichever npm: npm 12 obeys that
// list by itself, npm 11.16 warns, and older ones run every script. So packages are installed without any, and the allowed ones run here.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The allowed packages that are installed here: some are for other platforms. */
export function allowedHere(root) {
  const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(allowScripts).filter(
    (name) => allowScripts[name] && existsSync(join(root, 'node_modules', name, 'package.json')),
  );
}

const markOf = (root) => join(root, 'node_modules', '.allowed-scripts.json');
const stampOf = (root) =>
  JSON.stringify(
    allowedHere(root).map((name) => [
      name,
      JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version,
    ]),
  );

/** npm takes the mark away with everything else when it installs anew. */
export function scriptsHaveRun(root) {
  return existsSync(markOf(root)) && readFileSync(markOf(root), 'utf8') === stampOf(root);
}

/** @param {(args: string[]) => Promise<void>} npm */
export async function runAllowedScripts(root, npm) {
  const names = allowedHere(root);
  if (names.length > 0) await npm(['rebuild', ...names]);
  writeFileSync(markOf(root), stampOf(root));
}
