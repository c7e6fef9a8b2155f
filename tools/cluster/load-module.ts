import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { transformSync } from '@swc/core';

/** Loads one of these plain `.mjs` tools into a Jest test, which cannot import ES modules by itself. */
export function loadModule<T>(file: string): T {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    module: { type: 'commonjs' },
  });
  const module = { exports: {} };
  const relative = (name: string): unknown =>
    name.startsWith('.') ? loadModule(resolve(dirname(file), name)) : require(name);
  new Function('module', 'exports', 'require', '__filename', code)(module, module.exports, relative, file);
  return module.exports as T;
}
