import { Command, CommanderError } from 'commander';
import type { Answer, CommandContext, Run } from './command-context';
import { addAuditCommands } from './commands/audit.command';
import { addDetachCommand } from './commands/detach.command';
import { addDropCommands } from './commands/drop.command';
import { addForecastCommand } from './commands/forecast.command';
import { addImportCommand } from './commands/import.command';
import { addMerchantCommands } from './commands/merchant.command';
import { addMigrateCommand } from './commands/migrate.command';
import { addPaymentsCommand } from './commands/payments.command';
import { addRehearseCommand } from './commands/rehearse.command';
import { addRushCommand } from './commands/rush.command';
import { addSeedCommand } from './commands/seed.command';
import { addStaffCommands } from './commands/staff.command';
import { addTopologyCommand } from './commands/topology.command';
import { addVerifyCommand } from './commands/verify.command';
import { explain } from './output/explain';
import { Terminal, type Streams } from './output/terminal';
import type { Env } from './product/find-product';
import { productVersion } from '@holdfast/process';

export const INTERRUPTED = 130; // 128 + SIGINT, what shells expect after Ctrl-C

class Interrupted extends Error {}

export interface CliInput {
  /** Without node and script. */
  args: readonly string[];
  env: Env;
  streams: Streams;
  interrupted: AbortSignal;
}

/** Runs one command line to its end and returns the exit code. Never throws, never ends the process: output could be lost. */
export async function runCli({ args, env, streams, interrupted }: CliInput): Promise<number> {
  const terminal = new Terminal(streams, env);
  let exitCode = 0;
  let ownsExitCode = false;
  const run: Run = async (command, work, { stopsItself = false, keepsExitCode = false } = {}) => {
    ownsExitCode = keepsExitCode;
    const answer = await (stopsItself ? work() : unlessInterrupted(work(), interrupted));
    terminal.answer(render(command, answer));
    exitCode = answer.exitCode ?? 0;
  };
  try {
    await buildProgram({ env, terminal, interrupted }, run).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof CommanderError) {
      failAsJson(terminal, args, error.message.replace(/^error: /, '')); // people have been told already
      return 2;
    }
    if (interrupted.aborted && !ownsExitCode) return INTERRUPTED;
    const { message, exitCode: code } = explain(error);
    failAsJson(terminal, args, message);
    terminal.fail(message);
    if (env['LOG_LEVEL'] === 'debug' && error instanceof Error) terminal.note(error.stack ?? '');
    return code;
  }
  return interrupted.aborted && !ownsExitCode ? INTERRUPTED : exitCode;
}

/** A program that asked for one JSON document gets one, whatever became of its command. */
function failAsJson(terminal: Terminal, args: readonly string[], message: string): void {
  if (args.includes('--json')) terminal.answer(JSON.stringify({ error: message }));
}

/** A command that does not watch for Ctrl-C is left where it stands: the ledger rolls back what was not committed. */
function unlessInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  const stopped = new Promise<never>((_, reject) => {
    interrupted.addEventListener('abort', () => reject(new Interrupted()), { once: true });
  });
  return Promise.race([work, stopped]);
}

function render(command: Command, answer: Answer): string {
  return command.optsWithGlobals<{ json?: true }>().json ? JSON.stringify(answer.json) : answer.text;
}

function buildProgram(context: CommandContext, run: Run): Command {
  const { terminal } = context;
  const program = new Command('holdfast')
    .description(
      'Operate Holdfast. Commands use the product of the data folder (HOLDFAST_DATA_DIR) or of DATABASE_URL.',
    )
    .version(productVersion())
    .exitOverride()
    .showHelpAfterError('(use --help for usage)')
    .configureOutput({
      writeOut: (text) => terminal.streams.out.write(text),
      writeErr: (text) => terminal.streams.err.write(text),
      outputError: (text, write) => write(text),
    })
    .configureHelp({ sortSubcommands: false, helpWidth: Math.min(terminal.streams.out.columns ?? 100, 110) });
  addImportCommand(program, context, run);
  addDropCommands(program, context, run);
  addMerchantCommands(program, context, run);
  addStaffCommands(program, context, run);
  addAuditCommands(program, context, run);
  addRehearseCommand(program, context, run);
  addForecastCommand(program, context, run);
  addRushCommand(program, context, run);
  addVerifyCommand(program, context, run);
  addPaymentsCommand(program, context, run);
  addTopologyCommand(program, context, run);
  addSeedCommand(program, context, run);
  addMigrateCommand(program, context, run);
  addDetachCommand(program, context, run);
  addJsonOption(program);
  return program;
}

/** Every command answers people by default and programs with `--json`, wherever on the line it stands. */
function addJsonOption(command: Command): void {
  command.option('--json', 'print one JSON document');
  for (const child of command.commands) addJsonOption(child);
}
