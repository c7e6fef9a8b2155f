import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CHECKOUT_WIRE, CheckoutClient } from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { CallDesk, CHECKOUT_CALLS } from '@holdfast/transport';

/** The calls of gateways to checkout. */
@Controller()
export class CheckoutServer {
  private readonly desk: CallDesk<CheckoutClient>;

  constructor(checkout: CheckoutClient, logger: Logger) {
    this.desk = new CallDesk({ wire: CHECKOUT_WIRE, service: checkout, logger });
  }

  @MessagePattern(CHECKOUT_CALLS)
  calls(@Payload() frame: unknown) {
    return this.desk.serve(frame);
  }
}
