import type { ChangeOrigin } from '@holdfast/contracts';
import { newDropId } from '@holdfast/kernel';
import type { DropStore } from '../ports/drop-store.port';
import { withUnusedId } from './create';
import { DEMO_DROP } from './demo-drop';

/** Who is recorded with what the product makes by itself. */
const PRODUCT: ChangeOrigin = {
  actor: { kind: 'system', id: 'holdfast', label: 'Holdfast' },
  requestId: null,
  address: null,
};

export interface Seeded {
  merchantId: string;
  merchantMade: boolean;
  demoDropId: string | null;
}

/**
 * Creates the first merchant if there is none, and with `demo` the demo drop if there is no drop. Safe to run
 * concurrently.
 */
export async function seedLedger(
  store: DropStore,
  { demo, by = PRODUCT }: { demo: boolean; by?: ChangeOrigin },
): Promise<Seeded> {
  const merchant = await store.ensureFirstMerchant();
  const { merchantId } = merchant;
  const drop = { merchantId, by, drop: DEMO_DROP, products: [] };
  const made = demo
    ? await withUnusedId(newDropId, (dropId) => store.insertFirst({ ...drop, dropId }))
    : null;
  return { ...merchant, demoDropId: made?.drop.id ?? null };
}

/** The newest open drop, for the start message. */
export async function findOpenDrop(store: DropStore): Promise<string | null> {
  const drops = await store.list('all-merchants');
  return drops.find(({ drop }) => drop.state === 'open')?.drop.id ?? null;
}
