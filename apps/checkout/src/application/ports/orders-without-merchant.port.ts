/** Orders that were begun while nobody could tell whose drop it is. Throws `ServiceUnavailable`. */
export abstract class OrdersWithoutMerchant {
  /** Drops behind `after`, in order, that have such orders. */
  abstract drops(after: string, limit: number): Promise<string[]>;
  /** Writes the merchant into at most `limit` of them. Returns how many. */
  abstract fill(dropId: string, merchantId: string, limit: number): Promise<number>;
}
