import type { Command } from 'commander';
import { type AuditVerdict, ExportVerifier } from '@holdfast/audit';
import { readCheckpoints, readKeys, readLines } from '../audit-files';
import type { Answer, CommandContext, Run } from '../command-context';

interface VerifyOptions {
  keys?: string[];
  checkpoint?: string[];
}

/** `audit verify`: an exported audit, by itself. It needs neither the product nor its database. */
export function addAuditCommands(program: Command, context: CommandContext, run: Run): void {
  const audit = program.command('audit').description('check exported audits');
  const verify = audit
    .command('verify')
    .description('check that no record of an exported audit was edited, removed, added, reordered or cut off')
    .argument('<file>', 'the export, with one JSON document per line')
    .option(
      '--keys <jwks>',
      'file with the public keys to trust (/.well-known/holdfast-audit-keys.json); can be repeated',
      eachTime,
    )
    .option('--checkpoint <file>', 'file with older checkpoints, kept elsewhere; can be repeated', eachTime);
  verify.action((file: string, options: VerifyOptions) =>
    run(verify, () => verifyExport(context, file, options)),
  );
}

const eachTime = (file: string, files: string[] = []) => [...files, file];

async function verifyExport(context: CommandContext, file: string, options: VerifyOptions): Promise<Answer> {
  const given = options.keys?.flatMap((keysFile) => [...readKeys(keysFile)]);
  const keys = given && { keys: new Map(given) };
  const checkpoints = (options.checkpoint ?? []).flatMap(readCheckpoints);
  const verifier = new ExportVerifier({ ...keys, checkpoints });
  for await (const line of readLines(file)) verifier.add(line);
  const verdict = verifier.verdict();
  return { json: verdict, text: textOf(verdict, context), exitCode: verdict.ok ? 0 : 1 };
}

function textOf(
  { records, keyFingerprint, firstBroken }: AuditVerdict,
  { terminal }: CommandContext,
): string {
  const { green, red } = terminal.colours;
  const key = keyFingerprint === null ? 'no key' : `key ${keyFingerprint}`;
  if (firstBroken === null) return `${green('intact')}: ${records} records, ${key}`;
  const { seq, line, why } = firstBroken;
  const what = seq === null ? '' : ` (record ${seq})`;
  return `${red('broken')}: line ${line}${what} ${why}\n${records} records, ${key}`;
}
