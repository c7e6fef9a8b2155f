import { readRunState, type RunState } from '@holdfast/process';
import { isLoopback } from './options';

/** The product that a run sends its shoppers to. */
export interface Target {
  address: string;
  /** Null for an address that is not the data folder's product: then its ledger is out of reach. */
  run: RunState | null;
}

/** Null when no product runs on the data folder and no other is named. */
export function findTarget(url: string | null, dataDir: string): Target | null {
  const run = readRunState(dataDir);
  if (url === null) return run && { address: run.address, run };
  return { address: url, run: run !== null && isSame(url, run.address) ? run : null };
}

/** A product elsewhere may well listen on the same port. */
export function isSame(a: string, b: string): boolean {
  const [one, other] = [new URL(a), new URL(b)];
  if (one.port !== other.port) return false;
  return one.hostname === other.hostname || (isLoopback(one.hostname) && isLoopback(other.hostname));
}
