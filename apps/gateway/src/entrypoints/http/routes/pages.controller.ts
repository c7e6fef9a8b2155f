import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded } from '@holdfast/kernel';
import { DropDirectory } from '../../../application/drop-directory';
import { Policy } from '../access/policy';
import { Limited } from '../limits/limit-policies';
import { acceptsHtml, sendHtml } from '../pages/html';
import { notFoundPage } from '../pages/not-found.page';
import { readShopPages, SHOP_HEADERS } from '../pages/shop-files';
import { sendProblem } from '../problems/problem';
import { looksLikeId } from '../schemas/inputs';
import { matchesTag } from '../server/entity-tag';

/** The shop: one page for the list of drops and for each drop; the script in it does the rest. */
@Controller()
@Policy('public')
export class PagesController {
  private readonly pages = readShopPages();

  constructor(private readonly directory: DropDirectory) {}

  @Get()
  drops(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('d/:dropId')
  @Limited('reads')
  async drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { dropId } = request.params as { dropId: string };
    if (!this.pages || (await this.mayBeThere(dropId))) this.send(request, reply);
    else void reply.code(404).headers(SHOP_HEADERS).send(this.pages.missing);
  }

  /** While nobody can say, the page is sent: it tells that the shop does not answer, and goes on asking. */
  private async mayBeThere(dropId: string): Promise<boolean> {
    if (!looksLikeId(dropId)) return false;
    try {
      return await this.directory.has(dropId);
    } catch (error) {
      if (error instanceof ServiceUnavailable || error instanceof DeadlineExceeded) return true;
      throw error;
    }
  }

  private send(request: FastifyRequest, reply: FastifyReply): void {
    if (!this.pages) {
      if (acceptsHtml(request)) sendHtml(reply, 404, notFoundPage());
      else sendProblem(request, reply, { code: 'not-found' });
      return;
    }
    const { shop, etag } = this.pages;
    reply.headers(SHOP_HEADERS).header('etag', etag);
    if (matchesTag(request.headers['if-none-match'], etag)) void reply.code(304).send();
    else void reply.send(shop);
  }
}
