import type { Command } from 'commander';
import type { Answer, CommandContext, Run } from '../command-context';
import { table } from '../output/table';
import type { Colours } from '../output/terminal';
import { findProduct } from '../product/find-product';
import { fetchTopology, type ComponentReport } from '../product/fetch-topology';

/** `topology`: each process or server of the product, asked now. */
export function addTopologyCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('topology')
    .description('show the status of each process and server of the product');
  command.action(() => run(command, () => topology(context)));
}

async function topology({ env, terminal }: CommandContext): Promise<Answer> {
  const report = await fetchTopology(findProduct(env));
  const rows = report.components.map((it) => [
    it.name,
    it.kind,
    it.pid === null ? '–' : String(it.pid),
    it.address ?? '–',
    it.opsAddress ?? '–',
    stateText(terminal.colours, it),
    it.version ?? '–',
    lagText(it),
  ]);
  const head = ['name', 'kind', 'pid', 'address', 'health and metrics', 'state', 'version', 'lag'];
  return { json: report, text: `mode ${report.mode}\n${table(terminal.colours, head, rows)}` };
}

function lagText({ lag, lagMs }: ComponentReport): string {
  const said = [
    lag === null ? '' : `${lag} bytes`,
    lagMs === null || lagMs === undefined ? '' : `${lagMs} ms`,
  ].filter(Boolean);
  return said.join(', ') || '–';
}

function stateText(colours: Colours, { state }: ComponentReport): string {
  switch (state) {
    case 'up':
      return colours.green(state);
    case 'degraded':
      return colours.yellow(state);
    case 'down':
      return colours.red(state);
  }
}
