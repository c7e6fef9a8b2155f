import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { transformSync } from '@swc/core';

const loaded = new Map<string, { exports: object }>();

/** Loads one of these plain `.mjs` tools into a Jest test, which cannot import ES modules by itself. */
export function loadModule<T>(file: string): T {
  const known = loaded.get(file);
  if (known) return known.exports as T;
  const source = readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const { code } = transformSync(source, {
    filename: file,
    module: { type: 'commonjs' },
    jsc: { target: 'es2022' },
  });
  const module = { exports: {} };
  loaded.set(file, module);
  // What a tool imports of Node is loaded as Node would: this is the import statement of the loaded file.
  const relative = (name: string): unknown =>
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    name.startsWith('.') ? loadModule(resolve(dirname(file), name)) : require(name);
  new Function('module', 'exports', 'require', '__filename', code)(module, module.exports, relative, file);
  return module.exports as T;
}
