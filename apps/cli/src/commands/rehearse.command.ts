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
    await writeFile(report, renderReport({ rehearsal, evidence: evidence?.evidence ?? null }));
    context.terminal.note(`Report: ${report}`);
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

/** Found out before the minutes of a rehearsal, not after them. */
async function needWritable(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (it) => it.isDirectory(),
    () => false,
  );
  const folder = dirname(file);
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (isFolder) throw new CliFailure(`--report: ${file} is a folder. Name a file in it.`, 2);
  if (!isWritable)
    throw new CliFailure(
      `--report: the folder ${folder} does not exist, or nothing can be written to it.`,
      2,
    );
}

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
