#!/usr/bin/env node
// Generates the types of the TypeScript client from the API document that the gateway serves as /openapi.json.
//   npm run client               writes clients/typescript/src/api.generated.ts
//   npm run client -- --check    changes nothing, fails when the file does not match the document
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { ensureBuilt } from './build.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const file = join(root, 'clients/typescript/src/api.generated.ts');

/** The document of this working copy. It is made by the gateway's code, which is read as it is built. */
function apiDocument() {
  ensureBuilt((line) => console.error(line));
  const built = join(root, 'dist/apps/gateway/src/entrypoints/http/openapi/document.js');
  return createRequire(import.meta.url)(built).buildOpenApi();
}

const types = astToString(await openapiTS(apiDocument()));
const text = `// Made by tools/client-types.mjs from the API document. Do not edit.\n\n${types}`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error(`${relative(root, file)} does not match the API document: run \`npm run client\``);
  process.exitCode = 1;
}
