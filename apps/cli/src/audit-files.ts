import { createReadStream, readFileSync } from 'node:fs';
import { isCheckpointLine, type Line, readLine } from '@holdfast/audit';
import { z } from 'zod';
import { CliFailure } from './output/cli-failure';

const jwks = z.object({
  keys: z.array(
    z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() }),
  ),
});

/** Lines end with a line feed and nothing else: a text may contain the other separators that `readline` knows. */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  if (rest !== '') yield rest;
}

/** Public keys by their ids. */
export function readKeys(file: string): Map<string, string> {
  const read = jwks.safeParse(readLine(textOf(file)));
  if (!read.success) throw new CliFailure(`${file} is not a list of Ed25519 keys (JWKS).`, 2);
  return new Map(read.data.keys.map(({ kid, x }) => [kid, x]));
}

/** A checkpoint as the API answers it, a file of `HOLDFAST_AUDIT_DIR`, or an older export. */
export function readCheckpoints(file: string): Line[] {
  const text = textOf(file);
  const whole = readLine(text);
  const found = whole ? [whole] : text.split('\n').flatMap((line, at) => readLineOf(file, line, at + 1));
  const checkpoints = found.filter(isCheckpointLine);
  if (checkpoints.length === 0) throw new CliFailure(`${file} has no checkpoint.`, 2);
  return checkpoints;
}

/** A damaged line may have been the checkpoint that matters. */
function readLineOf(file: string, text: string, number: number): Line[] {
  if (text.trim() === '') return [];
  const line = readLine(text);
  if (!line) throw new CliFailure(`Line ${number} of ${file} is not a JSON object.`, 2);
  return [line];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CliFailure {
  const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
  return new CliFailure(`${file} cannot be read (${code}).`, 2); // 1 says that an export is broken
}
