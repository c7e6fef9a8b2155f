import type { Secrets } from './secrets';

/** How the parts of the product reach the ledger: each with a login of its own, where there are such. */
export interface LedgerUrls {
  readonly inventory: string;
  readonly checkout: string;
  /** Reads the log. */
  readonly stream: string;
}

/** One login for all. */
export const sameUrl = (url: string): LedgerUrls => ({ inventory: url, checkout: url, stream: url });

/**
 * What is known only once the product is starting. One object per process, injected by this class.
 * `address` is filled in when the gateway listens: who calls back over HTTP (the sandbox's webhooks) waits for it.
 */
export class Runtime {
  /** Where the gateway can be reached from this machine, e.g. `http://127.0.0.1:3000`; null until it listens. */
  address: string | null = null;
  /** Where the provider reaches the gateway when that is another way than the shoppers'; null: the same. */
  callbackAddress: string | null = null;

  constructor(
    /** Each app takes its own role on its own pool. */
    readonly ledger: LedgerUrls,
    readonly secrets: Secrets,
  ) {}
}
