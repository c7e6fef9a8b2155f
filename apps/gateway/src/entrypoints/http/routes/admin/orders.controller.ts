import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ListMerchantOrders, MerchantOrders, MerchantStock, type StaffOrder } from '@holdfast/contracts';
import { dropIdOf } from '@holdfast/kernel';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { dropOrdersQuery, ordersQuery } from '../../schemas/orders-inputs';
import { check } from '../../server/body';
import { sendJson } from '../send';
import { CSV_PAGE, type CsvTable, sendCsv, wantsCsv } from './csv';
import { Download } from './download';

const NOT_FOUND: Problem = { code: 'not-found' };

/** The orders of a merchant's drops. */
@Controller('v1/admin')
export class MerchantOrdersController {
  constructor(
    private readonly orders: MerchantOrders,
    private readonly stock: MerchantStock,
    private readonly download: Download,
  ) {}

  @Get('drops/:dropId/orders')
  async ofDrop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(dropOrdersQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { dropId } = request.params as { dropId: string };
    const { merchantId } = merchantCallerOf(request);
    if (!(await this.stock.ownsDrop({ merchantId, dropId })))
      return void sendProblem(request, reply, NOT_FOUND);
    await this.send(request, reply, { merchantId, dropId, ...query.value });
  }

  @Get('orders')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(ordersQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    await this.send(request, reply, { merchantId: merchantCallerOf(request).merchantId, ...query.value });
  }

  @Get('orders/:orderId')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { orderId } = request.params as { orderId: string };
    const { merchantId } = merchantCallerOf(request);
    const known = dropIdOf(orderId) !== undefined;
    const order = known ? await this.orders.getMerchantOrder({ merchantId, orderId }) : null;
    if (!order) return void sendProblem(request, reply, NOT_FOUND);
    if (wantsCsv(request))
      sendCsv(this.download, request, reply, ORDERS, { items: [order], nextCursor: null });
    else sendJson(reply, JSON.stringify(order));
  }

  private async send(
    request: FastifyRequest,
    reply: FastifyReply,
    { q, ...others }: ListMerchantOrders,
  ): Promise<void> {
    // A form that is empty searches for nothing in particular.
    const query = q ? { q, ...others } : others;
    if (!wantsCsv(request)) {
      sendJson(reply, JSON.stringify(await this.orders.listMerchantOrders(query)));
      return;
    }
    const page = (at: object) => this.orders.listMerchantOrders({ ...query, ...at, limit: CSV_PAGE });
    sendCsv(this.download, request, reply, ORDERS, await page({}), (cursor) => page({ cursor }));
  }
}

const ORDERS: CsvTable<StaffOrder> = {
  name: 'orders',
  columns: [
    ...['id', 'dropId', 'holdId', 'state', 'email', 'customerId', 'sku', 'quantity', 'priceMinor'],
    ...[
      'currency',
      'totalMinor',
      'paymentProvider',
      'paymentReference',
      'paymentState',
      'reason',
      'createdAt',
    ],
  ],
  rows: ({ id, dropId, holdId, state, email, customerId, lines, total, payment, reason, createdAt }) =>
    lines.map(({ sku, quantity, price }) => [
      ...[id, dropId, holdId, state, email, customerId, sku, quantity, price.amountMinor],
      ...[total.currency, total.amountMinor, payment.provider, payment.reference, payment.state],
      ...[reason, createdAt],
    ]),
};
