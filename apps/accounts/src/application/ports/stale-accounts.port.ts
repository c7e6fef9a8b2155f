/** Removes what nobody needs any more. */
export abstract class StaleAccounts {
  /** One bounded round; returns how many rows it removed. */
  abstract purge(): Promise<number>;
}
