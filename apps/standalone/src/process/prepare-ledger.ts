import { StartError } from '@holdfast/process';
import { migrate } from '@holdfast/postgres';
import { migrationSets } from './migration-sets';

/** Brings the tables up to date. Throws `StartError` in words for the person who started the product. */
export async function prepareLedger(url: string): Promise<void> {
  try {
    await migrate(url, migrationSets());
  } catch (error) {
    throw new StartError(`the ledger's tables cannot be brought up to date: ${(error as Error).message}`);
  }
}
