import type { INestMicroservice } from '@nestjs/common';
import type { Env } from '@holdfast/config';
import { Merchants } from '@holdfast/contracts';
import type { Lifetime, OpsCheck } from '@holdfast/process';
import { startService } from '@holdfast/service';
import { Peers } from '@holdfast/transport';
import { AccountsServiceModule } from './service.module';

/** An id that does not exist, so that a probe costs one look-up by primary key. */
const NO_MERCHANT = `mer_${'0'.repeat(26)}`;

/** Starts an instance of accounts; it takes calls until `life` ends. */
export function start(env: Env, life: Lifetime): Promise<void> {
  return startService(
    { name: 'accounts', module: (parts) => AccountsServiceModule.with(parts), checks },
    env,
    life,
  );
}

function checks(app: INestMicroservice): OpsCheck[] {
  const merchants = app.get(Merchants);
  const inventory = app.get(Peers);
  return [
    {
      name: 'ledger',
      needed: true,
      probe: async () => ({ found: (await merchants.getMerchant(NO_MERCHANT)) !== null }),
    },
    // Without it changes of drops are chained later; nobody is kept from signing in.
    { name: 'inventory', needed: false, probe: async () => ({ peers: inventory.status() }) },
  ];
}
