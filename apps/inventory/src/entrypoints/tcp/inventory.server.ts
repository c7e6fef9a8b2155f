import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { INVENTORY_WIRE, InventoryClient } from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { CallDesk, INVENTORY_CALLS } from '@holdfast/transport';

/** The calls of gateways and checkouts to inventory. */
@Controller()
export class InventoryServer {
  private readonly desk: CallDesk<InventoryClient>;

  constructor(inventory: InventoryClient, logger: Logger) {
    this.desk = new CallDesk({ wire: INVENTORY_WIRE, service: inventory, logger });
  }

  @MessagePattern(INVENTORY_CALLS)
  calls(@Payload() frame: unknown) {
    return this.desk.serve(frame);
  }
}
