import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Policy } from '../access/policy';
import { acceptsHtml, sendHtml } from '../pages/html';
import { notFoundPage } from '../pages/not-found.page';
import { findShopFiles, SHOP_HEADERS } from '../pages/shop-files';
import { sendProblem } from '../problems/problem';

/** The shop: one page for the list of drops and for each drop; the script in it does the rest. */
@Controller()
@Policy('public')
export class PagesController {
  private readonly files = findShopFiles();

  @Get()
  drops(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.shop(request, reply);
  }

  @Get('d/:dropId')
  drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.shop(request, reply);
  }

  private shop(request: FastifyRequest, reply: FastifyReply): void {
    if (!this.files) {
      if (acceptsHtml(request)) sendHtml(reply, 404, notFoundPage());
      else sendProblem(request, reply, { code: 'not-found' });
      return;
    }
    reply.headers(SHOP_HEADERS);
    void reply.sendFile('index.html', this.files.root, { cacheControl: false });
  }
}
