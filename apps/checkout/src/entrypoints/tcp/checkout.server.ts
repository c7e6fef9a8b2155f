import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CHECKOUT_WIRE, CheckoutClient } from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { CallDesk, CHECKOUT_CALLS, Draining } from '@holdfast/transport';

/** The calls of gateways to checkout. */
@Controller()
export class CheckoutServer {
  private readonly desk: CallDesk<CheckoutClient>;

  constructor(checkout: CheckoutClient, draining: Draining, logger: Logger) {
    this.desk = new CallDesk({ wire: CHECKOUT_WIRE, service: checkout, draining, logger });
  }

  @MessagePattern(CHECKOUT_CALLS)
  calls(@Payload() frame: unknown) {
    return this.desk.serve(frame);
  }
}
