import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './repository';

const run = promisify(execFile);

const CLIENT = join(REPOSITORY, 'clients/typescript');

/** What the compiler has to refuse; each line would be reported as unused if it did not. */
const REFUSED = `import { createHoldfastClient } from '@holdfast/client';
const holdfast = createHoldfastClient({ baseUrl: '' });
export const calls = [
  // @ts-expect-error -- no such path
  () => holdfast.GET('/v1/admin/nothing'),
  // @ts-expect-error -- the version is needed
  () => holdfast.PATCH('/v1/admin/drops/{dropId}', { params: { path: { dropId: '' } }, body: { name: '' } }),
  // @ts-expect-error -- an amount is in minor units
  () => holdfast.POST('/v1/admin/products', { body: { name: '', skus: [{ sku: '', name: '', price: { amount: 1 } }] } }),
];
`;

/**
 * Builds the client's package and a project that has it and the TypeScript of README.md, as a user would: strictly, by the package's name. Returns
 * what the compiled program, which calls the product at this address with the key, has written.
 */
export async function runReadme(url: string, key: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-client-'));
  try {
    const program = await compileReadme(folder, url);
    const { stdout } = await run(process.execPath, [program], { env: { HOLDFAST_KEY: key } });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compileReadme(folder: string, url: string): Promise<string> {
  const tsc = (...args: string[]) =>
    run(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), ...args], {
      cwd: folder,
    }).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
  const installed = join(folder, 'node_modules/@holdfast/client');
  mkdirSync(join(installed, 'dist'), { recursive: true });
  writeFileSync(join(installed, 'package.json'), readFileSync(join(CLIENT, 'package.json')));
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers', '@types'])
    symlinkSync(join(REPOSITORY, 'node_modules', name), join(folder, 'node_modules', name));
  await tsc('-p', CLIENT, '--outDir', join(installed, 'dist'));
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(REPOSITORY, 'README.md'), 'utf8'))!;
  const at = "baseUrl: 'http://127.0.0.1:3000'";
  if (!snippet!.includes(at)) throw new Error(`the TypeScript of README.md does not say ${at}`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'readme.ts'), snippet!.replace(at, `baseUrl: '${url}'`));
  writeFileSync(join(folder, 'refused.ts'), REFUSED);
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--module', 'nodenext'];
  await tsc(...strict, '--types', 'node', '--skipLibCheck', 'readme.ts', 'refused.ts');
  return join(folder, 'readme.js');
}
