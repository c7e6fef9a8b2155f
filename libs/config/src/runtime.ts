import type { Secrets } from './secrets';

/** Ledger connections of the product's parts, each with its own login if there is one. */
export interface LedgerUrls {
  readonly inventory: string;
  readonly checkout: string;
  readonly accounts: string;
  /** Reads the WAL. */
  readonly stream: string;
}

/** One login for all. */
export const sameUrl = (url: string): LedgerUrls => ({
  inventory: url,
  checkout: url,
  accounts: url,
  stream: url,
});

/**
 * Information that is known only at run time. One object per process, injected by this class.
 * `address` is set when the gateway listens; the sandbox waits for it before it delivers webhooks.
 */
export class Runtime {
  /** The gateway's address on this machine, e.g. `http://127.0.0.1:3000`; null until it listens. */
  address: string | null = null;
  /** The gateway's address for the payment provider; null: the same as for shoppers. */
  callbackAddress: string | null = null;

  constructor(
    /** Each app uses its own role in its own pool. */
    readonly ledger: LedgerUrls,
    readonly secrets: Secrets,
  ) {}
}
