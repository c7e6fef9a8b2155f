/** Sees to it that viewers learn when the stock view falls behind and when it is back; asked several times a second. */
export abstract class ViewKeeper {
  abstract check(): Promise<void>;
}
