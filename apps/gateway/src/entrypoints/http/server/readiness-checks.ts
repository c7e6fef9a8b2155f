import type { CheckoutClient, Drops, StockView } from '@holdfast/contracts';

/** One dependency of the gateway, asked when somebody wants to know. */
export interface ReadinessCheck {
  name: string;
  /** Without it no request can be served: the gateway is not ready while the probe fails. Otherwise it is degraded, and says so. */
  needed: boolean;
  /** Resolves with what is worth saying; rejects when the dependency is down or behind, with the reason. */
  probe: () => Promise<Record<string, unknown>>;
}

interface Apps {
  drops: Drops;
  checkout: CheckoutClient;
  stock: StockView;
}

/** How Redis is; `redisStatus` of libs/redis answers it. Handed in, so that a product without Redis loads nothing of it. */
type AskRedis = () => Promise<{ state: 'up' | 'down' | 'degraded'; version: string | null }>;

/** Names of nothing, so that a probe costs one look-up by primary key. */
const NO_DROP = 'd0000000';
const NO_ORDER = { orderId: `${NO_DROP}-o${'0'.repeat(26)}`, customerId: `cus_${'0'.repeat(26)}` };

/** The dependencies that readiness asks, in the order in which they are told. Also the Nest token. */
export class ReadinessChecks {
  private constructor(readonly list: readonly ReadinessCheck[]) {}

  /** One process: it cannot do without any of its apps. */
  static ofStandalone(apps: Apps): ReadinessChecks {
    return new ReadinessChecks([inventory(apps), checkout(apps, true), stream(apps)]);
  }

  /** Services apart: were a gateway not ready without checkout, its loss would take browsing and holding from everybody, too. */
  static ofCluster(apps: Apps & { redis: AskRedis }): ReadinessChecks {
    return new ReadinessChecks([inventory(apps), checkout(apps, false), redis(apps.redis), stream(apps)]);
  }
}

/** A question that only the app's ledger can answer. */
function inventory(apps: Apps): ReadinessCheck {
  return { name: 'inventory', needed: true, probe: () => apps.drops.getDrop(NO_DROP).then(() => ({})) };
}

function checkout(apps: Apps, needed: boolean): ReadinessCheck {
  return { name: 'checkout', needed, probe: () => apps.checkout.getOrder(NO_ORDER).then(() => ({})) };
}

/** Without it each shopper is asked of the ledger, and limits are each gateway's own. */
function redis(ask: AskRedis): ReadinessCheck {
  return {
    name: 'redis',
    needed: false,
    probe: async () => {
      const { state, version } = await ask();
      if (state !== 'up') throw new Error(state === 'down' ? 'does not answer' : 'some nodes do not answer');
      return { version };
    },
  };
}

/** Behind is no reason to send shoppers away: they see counts that are marked stale, and can buy. */
function stream({ stock }: Apps): ReadinessCheck {
  return {
    name: 'stream',
    needed: false,
    probe: async () => {
      const { staleSince } = await stock.freshness();
      if (staleSince !== null) throw new Error(`behind since ${staleSince}`);
      return {};
    },
  };
}
