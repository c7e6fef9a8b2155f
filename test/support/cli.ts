import { Readable, Writable } from 'node:stream';
import { runCli } from '../../apps/cli/src/program';

export interface CliAnswer {
  code: number;
  /** The one JSON document of standard output; null when there was none. */
  json: unknown;
  stdout: string;
  stderr: string;
}

/** Runs the command line inside the test's own process: the same code as `npx holdfast`, without its start. */
export async function runInProcess(
  args: string[],
  env: Record<string, string>,
  signal?: AbortSignal,
  /** What comes in on standard input. */
  input: string | Buffer = '',
): Promise<CliAnswer> {
  const out = new Collector();
  const err = new Collector();
  const interrupted = signal ?? new AbortController().signal;
  const code = await runCli({ args, env, streams: { in: Readable.from([input]), out, err }, interrupted });
  return { code, json: parse(out.text), stdout: out.text, stderr: err.text };
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
