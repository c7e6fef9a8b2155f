import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  CHECKOUT_WIRE,
  type CheckoutCalls,
  CheckoutClient,
  inRoles,
  MerchantOrders,
} from '@holdfast/contracts';
import { Logger } from '@holdfast/observability';
import { CallDispatcher, type CallFrame, CHECKOUT_CALLS } from '@holdfast/transport';

/** The calls of gateways to checkout. */
@Controller()
export class CheckoutServer {
  private readonly dispatcher: CallDispatcher<CheckoutCalls>;

  constructor(checkout: CheckoutClient, orders: MerchantOrders, logger: Logger) {
    const service = inRoles<CheckoutCalls>(CHECKOUT_WIRE, [checkout, orders]);
    this.dispatcher = new CallDispatcher({ wire: CHECKOUT_WIRE, service, logger });
  }

  @MessagePattern(CHECKOUT_CALLS)
  calls(@Payload() frame: CallFrame) {
    return this.dispatcher.serve(frame);
  }
}
