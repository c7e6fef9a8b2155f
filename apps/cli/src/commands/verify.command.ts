import type { Command } from 'commander';
import type { Answer, CommandContext, Run } from '../command-context';
import { findProduct } from '../product/find-product';
import { verdictText } from '../output/verdict-text';
import { verifyProduct } from '../product/verify-product';

/** `verify`: everything that must always hold, each with the number of rows checked. */
export function addVerifyCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('verify')
    .description('check all invariants: stock, holds, limits, money and published counts');
  command.action(() => run(command, () => verify(context)));
}

async function verify({ env, terminal }: CommandContext): Promise<Answer> {
  const verdict = await verifyProduct(findProduct(env));
  return { json: verdict, text: verdictText(terminal.colours, verdict), exitCode: verdict.ok ? 0 : 1 };
}
