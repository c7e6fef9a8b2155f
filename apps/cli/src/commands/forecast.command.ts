import type { Command } from 'commander';
import type { Answer, CommandContext, Run } from '../command-context';
import { forecastReport } from '../forecast/forecast-report';
import { forecastText } from '../forecast/forecast-text';
import { readPastDrops } from '../forecast/past-drops';
import { CliFailure } from '../output/cli-failure';
import { findProduct } from '../product/find-product';
import { unknownDrop } from './drop.command';

/** `forecast`: what may come, from what came. Too little history is an answer, too: exit code 0, `enough: false`. */
export function addForecastCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('forecast')
    .description('print the arrivals that are expected in a drop, from the past drops of its merchant')
    .requiredOption('--drop <id>', 'drop ID');
  command.action(({ drop }: { drop: string }) => run(command, () => forecast(context, drop)));
}

async function forecast({ env, terminal }: CommandContext, dropId: string): Promise<Answer> {
  const found = await readPastDrops(findProduct(env).databaseUrl, dropId);
  if (!found) throw new CliFailure(unknownDrop(dropId));
  const report = forecastReport(found);
  return { json: report, text: forecastText(terminal.colours, report) };
}
