import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  ChangeFacts,
  Drops,
  Figures,
  inRoles,
  INVENTORY_WIRE,
  type InventoryCalls,
  MerchantDrops,
  MerchantStock,
  OrderHolds,
  Products,
  ShopperHolds,
} from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { CallDispatcher, type CallFrame, INVENTORY_CALLS } from '@holdfast/transport';

/** The calls of gateways and checkouts to inventory. */
@Controller()
export class InventoryServer {
  private readonly dispatcher: CallDispatcher<InventoryCalls>;

  constructor(
    holds: ShopperHolds,
    orders: OrderHolds,
    drops: Drops,
    merchantDrops: MerchantDrops,
    products: Products,
    figures: Figures,
    facts: ChangeFacts,
    stock: MerchantStock,
    logger: Logger,
  ) {
    this.dispatcher = new CallDispatcher({
      wire: INVENTORY_WIRE,
      service: inAllRoles(holds, orders, drops, merchantDrops, products, figures, facts, stock),
      logger,
    });
  }

  @MessagePattern(INVENTORY_CALLS)
  calls(@Payload() frame: CallFrame) {
    return this.dispatcher.serve(frame);
  }
}

/** Combines the methods of all roles, as the wire table names them. */
export const inAllRoles = (...roles: object[]) => inRoles<InventoryCalls>(INVENTORY_WIRE, roles);
