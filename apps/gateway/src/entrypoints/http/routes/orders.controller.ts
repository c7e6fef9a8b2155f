import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CheckoutClient, type PlaceOrder, type PlaceOrderOutcome } from '@holdfast/contracts';
import { dropIdOf, fingerprintOf } from '@holdfast/kernel';
import { Ghosts } from '../access/ghosts';
import { customerOf } from '../access/request';
import { AddressShares } from '../limits/address-shares';
import { Limited } from '../limits/limit-policies';
import { sendProblem } from '../problems/problem';
import { orderInput, pageQuery } from '../schemas/inputs';
import { check, type Parsed, parseJson, rawBody } from '../server/body';
import { EdgeCounts } from '../server/edge-counts';
import { idempotencyKeyOf } from './idempotency-key';
import { answerOrder } from './outcomes';
import { sendAnswer, sendJson } from './send';

@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly checkout: CheckoutClient,
    private readonly counts: EdgeCounts,
    private readonly shares: AddressShares,
    private readonly ghosts: Ghosts,
  ) {}

  @Post()
  @Limited('purchases')
  async place(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const command = readOrder(request);
    if (command.kind === 'refused') {
      sendProblem(request, reply, command.problem);
      return;
    }
    // Of a hidden hold checkout is asked, too: it looks at the payment token and at the key before it looks for the hold.
    const holdId = this.ghosts.holdIdFor(request, command.value.holdId);
    const outcome: PlaceOrderOutcome =
      dropIdOf(holdId) === undefined
        ? { kind: 'hold-not-found' }
        : await this.checkout.placeOrder({ ...command.value, holdId, address: this.shares.of(request) });
    this.counts.ordered(outcome);
    sendAnswer(request, reply, answerOrder(outcome));
  }

  @Get()
  @Limited('reads')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') {
      sendProblem(request, reply, query.problem);
      return;
    }
    const { items, nextCursor } = await this.checkout.listOrders({
      customerId: customerOf(request),
      ...query.value,
    });
    const shown = items.filter((order) => !this.ghosts.hides(request, order.dropId));
    const texts = shown.map((order) => JSON.stringify(order)).join(',');
    sendJson(reply, `{"items":[${texts}],"nextCursor":${JSON.stringify(nextCursor)}}`);
  }

  @Get(':orderId')
  @Limited('reads')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { orderId } = request.params as { orderId: string };
    const known = dropIdOf(orderId) !== undefined;
    const order = known ? await this.checkout.getOrder({ orderId, customerId: customerOf(request) }) : null;
    if (order) sendJson(reply, JSON.stringify(order));
    else sendProblem(request, reply, { code: 'not-found' });
  }
}

function readOrder(request: FastifyRequest): Parsed<PlaceOrder> {
  const key = idempotencyKeyOf(request);
  if (key.kind === 'refused') return key;
  const body = parseJson(request, orderInput);
  if (body.kind === 'refused') return body;
  const fingerprint = fingerprintOf(rawBody(request));
  return {
    kind: 'parsed',
    value: { customerId: customerOf(request), key: key.value, fingerprint, ...body.value },
  };
}
