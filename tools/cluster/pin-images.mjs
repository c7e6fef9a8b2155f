#!/usr/bin/env node
// Adds to each image of docker-compose.yml and Dockerfile the digest that its registry names for the tag, so that a tag which somebody moves
// changes nothing here: `nginx:1.28.0` becomes `nginx:1.28.0@sha256:…`. Run it where the registries answer, look at the change, commit it.
//   node tools/cluster/pin-images.mjs            writes; exit code 1 when a registry did not answer (nothing is written then)
//   node tools/cluster/pin-images.mjs --check    only says which have no digest yet; exit code 1 when there are some
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const FILES = ['docker-compose.yml', 'Dockerfile'];
const ASK_MS = 10_000;
const HUB = 'registry-1.docker.io';
const IMAGE = /^(\s*image:\s*|FROM\s+)([^\s:@]+(?::\d+\/[^\s:@]+)?:[^\s:@]+)(@sha256:[0-9a-f]{64})?/gm;
// The list of all platforms first: its digest holds on each of them.
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** @returns {{image: string, digest: string|null}[]} those of a file that come from a registry; ours is built here */
export function imagesOf(text) {
  return [...text.matchAll(IMAGE)]
    .map(([, , image, digest]) => ({ image, digest: digest?.slice(1) ?? null }))
    .filter(({ image }) => !image.startsWith('holdfast:'));
}

/** The text with the digest of each image. @param {Map<string, string>} digests by image */
export function pinned(text, digests) {
  return text.replace(IMAGE, (whole, before, image) =>
    digests.has(image) ? `${before}${image}@${digests.get(image)}` : whole,
  );
}

/** Asks the registry (https://distribution.github.io/distribution/spec/api/). Throws when it does not answer with a digest. */
export async function digestOf(image) {
  const { registry, path, tag } = parse(image);
  const local = /^(localhost|127\.)/.test(registry);
  const url = `${local ? 'http' : 'https'}://${registry}/v2/${path}/manifests/${tag}`;
  let answer = await ask(url);
  if (answer.status === 401)
    answer = await ask(url, await anonymousToken(answer.headers.get('www-authenticate')));
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status !== 200 || !/^sha256:[0-9a-f]{64}$/.test(digest ?? ''))
    throw new Error(`${registry} answers ${answer.status} without a digest`);
  return digest;
}

function ask(url, token) {
  const headers = { accept: MANIFESTS, ...(token && { authorization: `Bearer ${token}` }) };
  return fetch(url, { method: 'HEAD', headers, signal: AbortSignal.timeout(ASK_MS) });
}

async function anonymousToken(challenge) {
  const of = (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge ?? '')?.[1];
  const url = new URL(of('realm') ?? '');
  for (const name of ['service', 'scope']) {
    const value = of(name);
    if (value) url.searchParams.set(name, value);
  }
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
  const { token, access_token: other } = /** @type {Record<string, string>} */ (await answer.json());
  return token ?? other;
}

/** Names without a registry are Docker Hub's, and those without a folder are in its `library`. */
function parse(image) {
  const at = image.lastIndexOf(':');
  const [name, tag] = [image.slice(0, at), image.slice(at + 1)];
  const [first, ...rest] = name.split('/');
  if (rest.length > 0 && /[.:]|^localhost$/.test(first))
    return { registry: first, path: rest.join('/'), tag };
  return { registry: HUB, path: rest.length > 0 ? name : `library/${name}`, tag };
}

async function main(args) {
  const texts = new Map(FILES.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const all = [...texts.values()].flatMap(imagesOf);
  if (args.includes('--check')) {
    const open = [...new Set(all.filter(({ digest }) => !digest).map(({ image }) => image))];
    for (const image of open) console.log(`${image} has no digest`);
    process.exitCode = open.length > 0 ? 1 : 0;
    return;
  }
  const images = [...new Set(all.map(({ image }) => image))];
  const asked = await Promise.allSettled(images.map(digestOf));
  const digests = new Map();
  asked.forEach((outcome, i) => {
    if (outcome.status === 'fulfilled') digests.set(images[i], outcome.value);
    else console.error(`${images[i]}: ${outcome.reason.cause?.code ?? outcome.reason.message}`);
  });
  if (digests.size < images.length) {
    console.error('Nothing was written: all images are pinned together, or none');
    process.exitCode = 1;
    return;
  }
  for (const [file, text] of texts) writeFileSync(join(root, file), pinned(text, digests));
  for (const [image, digest] of digests) console.log(`${image}@${digest}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
