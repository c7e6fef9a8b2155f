import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Rehearsal } from '@holdfast/contracts';
import { renderReport } from '@holdfast/rehearsal-report';
import type { Command } from 'commander';
import type { Answer, CommandContext, Run } from '../command-context';
import { CliFailure, type ExitCode } from '../output/cli-failure';
import { explain } from '../output/explain';
import { rehearsalText } from '../rehearse/rehearsal-text';
import { addRehearseOptions, type RehearseOptions, settingsFor } from '../rehearse/rehearse-options';
import { runRehearsal } from '../rehearse/run-rehearsal';

/** `rehearse`: the drop's launch before its launch. Exit code 0 go, 1 no-go, 2 no verdict, for whatever reason. */
export function addRehearseCommand(program: Command, context: CommandContext, run: Run): void {
  const command = addRehearseOptions(
    program
      .command('rehearse')
      .description(
        'rehearse the launch of a drop with shoppers on a copy of it, and judge it: exit code 0 go, 1 no-go, 2 could not run',
      ),
  );
  command.action((options: RehearseOptions) => {
    const settings = settingsFor(command, options);
    return run(command, () => orExitCode2(() => rehearse(context, options, settings)), {
      stopsItself: true,
      keepsExitCode: true,
    });
  });
}

async function rehearse(
  context: CommandContext,
  { drop, report }: RehearseOptions,
  settings: ReturnType<typeof settingsFor>,
): Promise<Answer> {
  if (report !== undefined) await needWritable(report);
  const { rehearsal, evidence } = await runRehearsal(context, drop, settings);
  if (report !== undefined) {
    const html = renderReport({ rehearsal, evidence: evidence?.evidence ?? null });
    context.terminal.note(await written(report, html));
  }
  return {
    json: rehearsal,
    text: rehearsalText(context.terminal.colours, rehearsal),
    exitCode: exitCodeOf(rehearsal),
  };
}

function exitCodeOf({ state, verdict }: Rehearsal): ExitCode {
  if (state !== 'done' || verdict === null) return 2;
  return verdict === 'go' ? 0 : 1;
}

/** The verdict of minutes is not lost with its report: the exit code is still the verdict's. */
async function written(file: string, html: string): Promise<string> {
  try {
    await writeFile(file, html);
    return `Report: ${file}`;
  } catch (error) {
    return `The report could not be written to ${file} (${(error as Error).message}). It is on the page of the drop's rehearsals.`;
  }
}

/** Found out before the minutes of a rehearsal, not after them. */
async function needWritable(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (it) => it.isDirectory(),
    () => false,
  );
  const folder = dirname(file);
  const isThere = await isAllowed(file, constants.F_OK);
  const isWritable = await isAllowed(isThere ? file : folder, constants.W_OK);
  if (isFolder) throw new CliFailure(`--report: ${file} is a folder. Name a file in it.`, 2);
  if (isWritable) return;
  const what = isThere
    ? `${file} cannot be overwritten`
    : `the folder ${folder} does not exist, or nothing can be written to it`;
  throw new CliFailure(`--report: ${what}.`, 2);
}

const isAllowed = (path: string, mode: number) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

/** 1 means no-go, and nothing else. */
async function orExitCode2<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = new CliFailure(explain(error).message, 2);
    failure.cause = error;
    throw failure;
  }
}
