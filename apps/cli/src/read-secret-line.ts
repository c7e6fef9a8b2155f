import { isUtf8 } from 'node:buffer';
import { CliFailure } from './output/cli-failure';

const CHARACTERS_MAX = 10_000;

/** All of standard input without one line end. Text, not bytes, is what a password is made of. */
export async function readSecretLine(input: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input ?? []) {
    const bytes = Buffer.from(chunk as Buffer | string);
    length += bytes.length;
    if (length > CHARACTERS_MAX) throw new CliFailure('Standard input is too long to be a password.', 2);
    chunks.push(bytes);
  }
  const all = Buffer.concat(chunks);
  // Some shells write UTF-16: a password of other characters than those that were typed would be kept.
  if (!isUtf8(all) || all.includes(0)) throw new CliFailure('Standard input is not UTF-8 text.');
  return all.toString('utf8').replace(/\r?\n$/, '');
}
