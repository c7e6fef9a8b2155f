import { Controller, Delete, Get, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Product, Products } from '@holdfast/contracts';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { looksLikeId, pageQuery } from '../../schemas/inputs';
import { productChangeInput, productInput } from '../../schemas/product-inputs';
import { check, parseJson } from '../../server/body';
import { matchesTag } from '../../server/entity-tag';
import { sendAnswer, sendJson } from '../send';
import { ifMatchOf, revisionTag } from './if-match';
import { productRefusal } from './product-refusals';
import { renderProduct } from './render';
import { commandOf, requestKeyOf } from './request-key';

const NOT_FOUND: Problem = { code: 'not-found' };
/** Revisions begin with 1: an entity tag that was not made here is of none. */
const NO_REVISION = 0;

/** The catalogue of the merchant. */
@Controller('v1/admin/products')
export class ProductsController {
  constructor(private readonly products: Products) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { merchantId } = merchantCallerOf(request);
    const { items, nextCursor } = await this.products.listProducts({ merchantId, ...query.value });
    sendJson(reply, JSON.stringify({ items: items.map(renderProduct), nextCursor }));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const body = parseJson(request, productInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const product = { ...body.value, handle: body.value.handle ?? null };
    const outcome = await this.products.createProduct({ ...commandOf(request, key.value), product });
    if (outcome.kind !== 'done') return void sendProblem(request, reply, productRefusal(outcome));
    reply.header('etag', revisionTag(outcome.product.revision));
    sendAnswer(request, reply, {
      kind: 'sent',
      status: 201,
      location: `/v1/admin/products/${outcome.product.id}`,
      body: JSON.stringify(renderProduct(outcome.product)),
      replayed: outcome.replayed,
    });
  }

  @Get(':productId')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { productId } = request.params as { productId: string };
    const { merchantId } = merchantCallerOf(request);
    const product = looksLikeId(productId) ? await this.products.getProduct({ merchantId, productId }) : null;
    if (!product) return void sendProblem(request, reply, NOT_FOUND);
    const etag = revisionTag(product.revision);
    if (matchesTag(request.headers['if-none-match'], etag))
      return void reply.code(304).header('etag', etag).header('cache-control', 'no-store').send();
    send(reply, product);
  }

  @Patch(':productId')
  async change(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = parseJson(request, productChangeInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const target = targetOf(request);
    if (!looksLikeId(target.productId)) return void sendProblem(request, reply, NOT_FOUND);
    const outcome = await this.products.changeProduct({ ...target, change: body.value });
    if (outcome.kind === 'done') send(reply, outcome.product);
    else sendProblem(request, reply, productRefusal(outcome));
  }

  @Delete(':productId')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = targetOf(request);
    if (!looksLikeId(target.productId)) return void sendProblem(request, reply, NOT_FOUND);
    const outcome = await this.products.deleteProduct(target);
    if (outcome.kind === 'deleted') sendAnswer(request, reply, { kind: 'empty', status: 204 });
    else sendProblem(request, reply, productRefusal(outcome));
  }
}

function send(reply: FastifyReply, product: Product): void {
  reply.header('etag', revisionTag(product.revision));
  sendJson(reply, JSON.stringify(renderProduct(product)));
}

/** An If-Match that can match nothing is compared all the same: an unknown product is 404 first. */
function targetOf(request: FastifyRequest) {
  const { productId } = request.params as { productId: string };
  const revision = ifMatchOf(request);
  const ifRevision = revision.kind === 'refused' ? NO_REVISION : (revision.value ?? null);
  return { ...commandOf(request, null), productId, ifRevision };
}
