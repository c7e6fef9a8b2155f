import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RenderedDrops } from '../../../application/rendered-drops';
import { Policy } from '../access/policy';
import { Limited } from '../limits/limit-policies';
import { sendProblem } from '../problems/problem';
import { dropsQuery, looksLikeId } from '../schemas/inputs';
import { check } from '../server/body';
import { matchesTag } from '../server/entity-tag';
import { JSON_TYPE } from './send';

const CACHE = 'public, s-maxage=1, stale-while-revalidate=5';

@Controller('v1/drops')
@Policy('public')
export class DropsController {
  constructor(private readonly drops: RenderedDrops) {}

  @Get()
  @Limited('reads')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(dropsQuery, request.query);
    if (query.kind === 'refused') sendProblem(request, reply, query.problem);
    else sendCacheable(request, reply, await this.drops.list(query.value));
  }

  @Get(':dropId')
  @Limited('reads')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { dropId } = request.params as { dropId: string };
    const drop = looksLikeId(dropId) ? await this.drops.get(dropId) : null;
    if (drop) sendCacheable(request, reply, drop);
    else sendProblem(request, reply, { code: 'not-found' });
  }
}

function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  text: { body: string; etag: string },
): void {
  reply.header('etag', text.etag).header('cache-control', CACHE);
  if (matchesTag(request.headers['if-none-match'], text.etag)) void reply.code(304).send();
  else void reply.code(200).header('content-type', JSON_TYPE).send(text.body);
}
