import { ApiKeys, Merchants, Revocations, SignIn, Staff } from './accounts.port';
import { Audit } from './audit.port';
import { ChangeFacts } from './change-facts.port';
import { CheckoutClient } from './checkout-client.port';
import { Drops } from './drops.port';
import { Figures } from './figures.port';
import { MerchantDrops } from './merchant-drops.port';
import { MerchantOrders } from './merchant-orders.port';
import { MerchantStock } from './merchant-stock.port';
import { OrderHolds } from './order-holds.port';
import { Products } from './products.port';
import { RehearsalRuns, Rehearsals } from './rehearsals.port';
import { ShopperHolds } from './shopper-holds.port';
import { DropTimeline, OrderTimeline } from './timeline.port';

/**
 * The roles in which each service serves the others, by the names that they have in the service's own code. Modules, servers and clients read
 * these tables: a new role is one entry here, and its calls in the wire table, without which nothing compiles.
 */
export const INVENTORY_ROLES = {
  shopperHolds: ShopperHolds,
  orderHolds: OrderHolds,
  drops: Drops,
  merchantDrops: MerchantDrops,
  merchantStock: MerchantStock,
  products: Products,
  figures: Figures,
  dropTimeline: DropTimeline,
  changeFacts: ChangeFacts,
  rehearsals: Rehearsals,
  rehearsalRuns: RehearsalRuns,
};
export const CHECKOUT_ROLES = {
  client: CheckoutClient,
  merchantOrders: MerchantOrders,
  orderTimeline: OrderTimeline,
};
export const ACCOUNTS_ROLES = {
  signIn: SignIn,
  staff: Staff,
  apiKeys: ApiKeys,
  merchants: Merchants,
  revocations: Revocations,
  audit: Audit,
};

export type Roles = Record<string, abstract new (...args: never[]) => object>;
/** An object that has each role under its name. */
export type InRoles<R extends Roles> = { [Name in keyof R]: InstanceType<R[Name]> };
type Intersection<U> = (U extends unknown ? (it: U) => void : never) extends (it: infer I) => void
  ? I
  : never;
/** The calls of all roles together. */
type CallsOf<R extends Roles> = Intersection<InstanceType<R[keyof R]>>;

/** Whatever the other services may ask of inventory, in all roles. */
export type InventoryCalls = CallsOf<typeof INVENTORY_ROLES>;
/** Whatever gateways may ask of checkout, in all roles. */
export type CheckoutCalls = CallsOf<typeof CHECKOUT_ROLES>;
/** Whatever gateways may ask of accounts, in all roles. */
export type AccountsCalls = CallsOf<typeof ACCOUNTS_ROLES>;
