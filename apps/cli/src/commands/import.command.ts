import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ROLES, withLedger } from '@holdfast/postgres';
import {
  dropFromProducts,
  importedCounts,
  type Note,
  type ParsedProducts,
  parseProductCsv,
  type Rejected,
  rejectedOf,
  shorten,
} from '@holdfast/product-csv';
import type { Command } from 'commander';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { createAsOperator } from '../../../inventory/src/application/drops/create';
import type { Answer, CommandContext, Run } from '../command-context';
import { addDropOptions, checkTimes, dropName, type DropOptions } from '../options';
import { onSaleNote, tellShopAddress } from '../output/new-drop-notes';
import { counted, table } from '../output/table';
import { findProduct } from '../product/find-product';
import { knownMerchant } from '../product/known-merchant';

/** 5,000 variants with long texts are about 20 MB; ten times that is no product export. */
const FILE_BYTES_MAX = 200 * 1024 * 1024;

type ImportOptions = DropOptions & { skipBad?: true; includeHidden?: true };

const NOTES_TOLD_MAX = 60; // a screen or two; all of them are in --json

/** `import <file.csv>`: a drop from a product export in Shopify's CSV format, all of it or nothing. */
export function addImportCommand(program: Command, context: CommandContext, run: Run): void {
  const command = program
    .command('import')
    .description("create a drop from a product export in Shopify's CSV format")
    .argument('<file.csv>', 'the export file, in UTF-8')
    .option('--name <name>', 'name of the drop; default: its only product, or the file name', dropName)
    .option('--skip-bad', 'import the valid rows even if others are invalid')
    .option('--include-hidden', 'also import products that are unlisted or not published, and gift cards');
  addDropOptions(command);
  command.action((file: string, options: ImportOptions) => {
    checkTimes(command, options, Date.now());
    return run(command, () => importFile(context, file, options));
  });
}

async function importFile(context: CommandContext, file: string, options: ImportOptions): Promise<Answer> {
  const read = await readImport(file);
  if (read.kind === 'fault') return refused([{ line: 1, reason: read.reason }], [], read.reason);
  const parsed = parseProductCsv(read.bytes, options);
  const rejected = rejectedOf(parsed);
  if (parsed.bad.length > 0 && options.skipBad !== true) {
    tellNotes(context, parsed.notes);
    return refused(rejected, parsed.notes, whyRefused(parsed, context));
  }
  if (parsed.products.length === 0) {
    tellNotes(context, parsed.notes);
    return refused(rejected, parsed.notes, nothingLeft(context, parsed, rejected));
  }
  const { databaseUrl } = findProduct(context.env);
  context.terminal.note(`Importing ${counted(parsed.products.length, 'product')} …`);
  const made = dropFromProducts(parsed.products, {
    name: options.name,
    fallbackName: nameOfFile(file),
    opensAt: options.opensAt ?? null,
    closesAt: options.closesAt ?? null,
    perCustomerLimit: options.limit,
    holdTtlSeconds: options.holdTtl,
    currency: options.currency,
  });
  const { drop, notes } = await withLedger(databaseUrl, ROLES.inventory, async (pool) => {
    const store = new LedgerDropStore(pool);
    const owner = await knownMerchant(pool, options.merchant);
    const { drop, onSale } = await createAsOperator(store, made.drop, made.products, owner);
    return { drop, notes: withOnSale(parsed, onSale) };
  });
  tellNotes(context, notes);
  tellShopAddress(context, drop);
  const json = { dropId: drop.id, ...importedCounts(parsed), rejected, notes };
  const text = [
    `Imported ${counted(json.products, 'product')}, ${counted(json.skus, 'SKU')}, ${counted(json.units, 'unit')} as drop ${drop.id} (${drop.state}).`,
    ...(rejected.length > 0 ? [rejectedTable(context, rejected)] : []),
    ...hiddenHint(parsed),
    ...(drop.state === 'draft'
      ? [`The drop is a draft. Open it with \`npx holdfast drop open ${drop.id}\`.`]
      : []),
  ];
  return { json, text: text.join('\n') };
}

/** The notes of the file, and one for each SKU that another drop sells as well, at the line of its variant. */
function withOnSale(
  { products, notes }: ParsedProducts,
  onSale: readonly { sku: string; dropId: string; drops: number }[],
): Note[] {
  const lineOf = new Map(
    products.flatMap(({ variants }) => variants.map(({ sku, line }): [string, number] => [sku, line])),
  );
  const more = onSale.map((on) => ({ line: lineOf.get(on.sku)!, note: onSaleNote(on) }));
  return [...notes, ...more].sort((a, b) => a.line - b.line);
}

function tellNotes({ terminal }: CommandContext, notes: readonly Note[]): void {
  for (const { line, note } of notes.slice(0, NOTES_TOLD_MAX)) terminal.note(`line ${line}: ${note}`);
  const rest = notes.length - NOTES_TOLD_MAX;
  if (rest > 0) terminal.note(`… and ${counted(rest, 'more note')} (--json lists all)`);
}

function hiddenHint({ hidden }: ParsedProducts): string[] {
  if (hidden === 0) return [];
  return [
    `${counted(hidden, 'product')} left out: unlisted, not published or a gift card. Use --include-hidden to import them.`,
  ];
}

type FileRead = { kind: 'read'; bytes: Buffer } | { kind: 'fault'; reason: string };

async function readImport(file: string): Promise<FileRead> {
  try {
    const handle = await open(file, 'r');
    try {
      const stat = await handle.stat();
      if (stat.isDirectory()) return { kind: 'fault', reason: `${file} is a directory` };
      if (stat.size > FILE_BYTES_MAX) return { kind: 'fault', reason: tooLarge(file) };
      const bytes = await handle.readFile();
      // A pipe has no size beforehand.
      return bytes.length > FILE_BYTES_MAX
        ? { kind: 'fault', reason: tooLarge(file) }
        : { kind: 'read', bytes };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { kind: 'fault', reason: whyUnreadable(file, (error as NodeJS.ErrnoException).code) };
  }
}

function tooLarge(file: string): string {
  return `${file} is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB: split it into several drops`;
}

function whyUnreadable(file: string, code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return `file not found: ${file}`;
    case 'EACCES':
    case 'EPERM':
      return `permission denied: ${file}`;
    case 'EISDIR':
      return `${file} is a directory`;
    default:
      return `${file} cannot be read (${code ?? 'unknown error'})`;
  }
}

/** A refused import still answers with the whole document. */
function refused(rejected: Rejected[], notes: Note[], text: string): Answer {
  return { json: { dropId: null, products: 0, skus: 0, units: 0, rejected, notes }, text, exitCode: 1 };
}

function whyRefused({ bad, products }: ParsedProducts, context: CommandContext): string {
  const good = products.reduce((sum, { variants }) => sum + variants.length, 0);
  return [
    rejectedTable(context, bad),
    `Nothing was imported: ${counted(bad.length, 'bad row')}. Correct the file${
      good > 0 ? `, or import ${counted(good, 'good SKU')} with --skip-bad` : ''
    }.`,
  ].join('\n');
}

function nothingLeft(context: CommandContext, parsed: ParsedProducts, rejected: Rejected[]): string {
  return [
    rejectedTable(context, rejected),
    'Nothing was imported: the file has no rows to import.',
    ...hiddenHint(parsed),
  ].join('\n');
}

function rejectedTable({ terminal }: CommandContext, rejected: Rejected[]): string {
  return table(
    terminal.colours,
    ['line', 'reason'],
    rejected.map(({ line, reason }) => [line, reason]),
  );
}

function nameOfFile(file: string): string {
  const name = basename(file, extname(file))
    .replace(/[_\s\p{Cc}]+/gu, ' ')
    .trim();
  return shorten(name, 100) || 'Imported drop';
}
