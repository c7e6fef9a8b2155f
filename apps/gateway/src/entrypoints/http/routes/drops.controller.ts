import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDropId } from '@holdfast/kernel';
import { RenderedDrops } from '../../../application/rendered-drops';
import { Limited } from '../limits/limit-policies';
import { sendProblem } from '../problems/problem';
import { dropsQuery } from '../schemas/inputs';
import { check } from '../server/body';
import { CompressedTexts } from '../server/content-coding';
import { type CacheableText, sendCacheable } from './send-cacheable';

const CACHE_CONTROL = 'public, s-maxage=1, stale-while-revalidate=5';

@Controller('v1/drops')
export class DropsController {
  constructor(
    private readonly drops: RenderedDrops,
    private readonly compressed: CompressedTexts,
  ) {}

  @Get()
  @Limited('reads')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(dropsQuery, request.query);
    if (query.kind === 'refused') sendProblem(request, reply, query.problem);
    else await this.send(request, reply, await this.drops.list(query.value));
  }

  @Get(':dropId')
  @Limited('reads')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { dropId } = request.params as { dropId: string };
    const drop = isDropId(dropId) ? await this.drops.get(dropId) : null;
    if (drop) await this.send(request, reply, drop);
    else sendProblem(request, reply, { code: 'not-found' });
  }

  private send(request: FastifyRequest, reply: FastifyReply, text: CacheableText): Promise<void> {
    return sendCacheable(request, reply, text, {
      // A shared cache would show the ghost to requests without its pass.
      cacheControl: request.rehearsal ? 'no-store' : CACHE_CONTROL,
      compressed: this.compressed,
    });
  }
}
