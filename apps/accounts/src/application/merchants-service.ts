import {
  type ChangeMerchant,
  type ChangeMerchantOutcome,
  type Merchant,
  type MerchantChange,
  Merchants,
} from '@holdfast/contracts';
import type { AccountsStore, MerchantSettings } from './ports/accounts-store.port';

export class MerchantsService extends Merchants {
  constructor(private readonly store: AccountsStore) {
    super();
  }

  getMerchant(merchantId: string): Promise<Merchant | null> {
    return this.store.within(merchantId, (tx) => tx.merchant.find());
  }

  allowedOrigins(): Promise<string[]> {
    return this.store.allowedOrigins();
  }

  /** Without a difference nothing is changed, and nothing recorded. */
  changeMerchant({
    merchantId,
    change: asked,
    ifRevision,
    by,
  }: ChangeMerchant): Promise<ChangeMerchantOutcome> {
    return this.store.within<ChangeMerchantOutcome>(merchantId, async (tx) => {
      const before = (await tx.merchant.lock()) ? await tx.merchant.find() : null;
      if (!before) return { kind: 'not-found' };
      const { id, revision, createdAt, ...settings } = before;
      if (ifRevision !== undefined && ifRevision !== revision) return { kind: 'revision-mismatch', revision };
      const change = wholeBrand(settings, asked);
      const differences = differencesOf(settings, change);
      if (Object.keys(differences).length === 0) return { kind: 'changed', merchant: before };
      const after: MerchantSettings = { ...settings, ...change };
      await tx.merchant.change(after);
      await tx.record(
        { action: 'merchant.changed', target: { kind: 'merchant', id }, change: differences },
        by,
      );
      return { kind: 'changed', merchant: { id, ...after, revision: revision + 1, createdAt } };
    });
  }
}

/** The change with all of the brand, of which it may name a part. */
function wholeBrand(before: MerchantSettings, { brand, ...rest }: MerchantChange): Partial<MerchantSettings> {
  return brand === undefined ? rest : { ...rest, brand: { ...before.brand, ...brand } };
}

function differencesOf(before: MerchantSettings, change: Partial<MerchantSettings>): Record<string, object> {
  const names = Object.keys(change) as (keyof MerchantSettings)[];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(change[name]))
      .map((name) => [name, { from: before[name], to: change[name] }]),
  );
}
