import type { DropAction, NewDrop, NewProduct } from '@holdfast/contracts';
import type { Pool } from 'pg';
import { LedgerDropStore } from '../../apps/inventory/src/adapters/postgres/drops/ledger-drop-store';
import { actOnDrop } from '../../apps/inventory/src/application/drops/act-on';
import { createAsOperator } from '../../apps/inventory/src/application/drops/create';
import { seedLedger } from '../../apps/inventory/src/application/drops/seed';

/** Drops on a ledger, managed as the command line does it: new ones belong to the first merchant. */
export class MerchantDrops {
  readonly store: LedgerDropStore;

  constructor(pool: Pool) {
    this.store = new LedgerDropStore(pool);
  }

  create(drop: NewDrop, products: readonly NewProduct[] = []) {
    return createAsOperator(this.store, drop, products);
  }

  list() {
    return this.store.list('all-merchants');
  }

  get(dropId: string) {
    return this.store.find('all-merchants', dropId);
  }

  act(dropId: string, action: DropAction) {
    return actOnDrop(this.store, 'all-merchants', dropId, action);
  }

  seed(options: { demo: boolean }) {
    return seedLedger(this.store, options);
  }

  async skusOnSale(skus: readonly string[]) {
    return this.store.skusOnSale((await this.store.ensureFirstMerchant()).merchantId, skus);
  }
}
