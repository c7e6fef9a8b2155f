import type { INestMicroservice } from '@nestjs/common';
import type { Env } from '@holdfast/config';
import { CheckoutClient } from '@holdfast/contracts';
import type { Lifetime, OpsCheck } from '@holdfast/process';
import { startService } from '@holdfast/service';
import { Peers } from '@holdfast/transport';
import { CheckoutServiceModule } from './service.module';

/** Ids that do not exist, so that a probe costs one look-up by primary key. */
const NO_ORDER = { orderId: `d0000000-o${'0'.repeat(26)}`, customerId: `cus_${'0'.repeat(26)}` };

/** Starts an instance of checkout; it accepts payments until `life` ends. */
export function start(env: Env, life: Lifetime): Promise<void> {
  return startService(
    { name: 'checkout', module: (parts) => CheckoutServiceModule.with(parts), checks },
    env,
    life,
  );
}

function checks(app: INestMicroservice): OpsCheck[] {
  const client = app.get(CheckoutClient);
  const inventory = app.get(Peers);
  return [
    {
      name: 'ledger',
      needed: true,
      probe: async () => ({ found: (await client.getOrder(NO_ORDER)) !== null }),
    },
    // If it is unreachable, all checkouts are affected alike: none should be taken out of service for it.
    { name: 'inventory', needed: false, probe: async () => ({ peers: inventory.status() }) },
  ];
}
