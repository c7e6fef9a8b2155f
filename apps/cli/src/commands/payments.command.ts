import { ROLES, withLedger } from '@holdfast/postgres';
import type { Command } from 'commander';
import { SandboxLedger } from '../../../checkout/src/adapters/sandbox/sandbox-ledger';
import type { Answer, CommandContext, Run } from '../command-context';
import { table } from '../output/table';
import { findProduct } from '../product/find-product';

/** `payments --hold <id>`: what the payment provider itself has in its books about a hold. */
export function addPaymentsCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('payments')
    .description("show the payment provider's record of a hold")
    .requiredOption('--hold <id>', 'hold ID');
  command.action(({ hold }: { hold: string }) => run(command, () => payments(context, hold)));
}

async function payments({ env, terminal }: CommandContext, holdId: string): Promise<Answer> {
  const { databaseUrl } = findProduct(env);
  const charges = await withLedger(databaseUrl, ROLES.sandbox, (pool) =>
    new SandboxLedger(pool).chargesOfHold(holdId),
  );
  const rows = charges.map((charge) => [
    charge.reference,
    charge.orderId ?? '–',
    charge.state,
    charge.amountMinor,
    charge.refundedMinor,
    charge.refunds,
  ]);
  const head = ['reference', 'order', 'state', 'amount (minor)', 'refunded (minor)', 'refunds'];
  const text =
    rows.length > 0 ? table(terminal.colours, head, rows) : 'The provider has no charge for this hold.';
  return { json: { charges }, text };
}
