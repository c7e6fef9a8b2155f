import type { Secrets } from './secrets';

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
    /** The login of the ledger; each app takes its own role on its own pool. */
    readonly databaseUrl: string,
    readonly secrets: Secrets,
  ) {}
}
