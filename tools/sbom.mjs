#!/usr/bin/env node
// Writes the software bill of materials of the locked packages, in CycloneDX, and checks that none of them is missing in it.
//   npm run sbom [-- file]     else test-results/sbom.cdx.json
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = resolve(process.argv[2] ?? join(root, 'test-results/sbom.cdx.json'));
const MAX_BYTES = 64 * 1024 * 1024;

const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: MAX_BYTES,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const bill = JSON.parse(text);
// By its address: an alias has a name of its own.
const listed = new Set(
  bill.components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', '').replace(/\?.*/, ''))),
);
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const missing = Object.entries(packages)
  .filter(([path, { link }]) => path !== '' && !link)
  .map(
    ([path, { name, version }]) => `${name ?? path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`,
  )
  .filter((one) => !listed.has(one));
if (bill.bomFormat !== 'CycloneDX' || missing.length > 0) {
  console.error(
    `the bill of materials misses ${missing.length} locked packages: ${missing.slice(0, 10).join(', ')}`,
  );
  process.exit(1);
}
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, text);
console.error(`${file}: ${listed.size} packages`);
