/** Notifies viewers when the stock view becomes stale or fresh; called several times a second. */
export abstract class ViewKeeper {
  abstract check(): Promise<void>;
}
