import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Policy } from '../access/policy';
import { acceptsHtml, sendHtml } from '../pages/html';
import { notFoundPage } from '../pages/not-found.page';
import { findShopFiles, SHOP_HEADERS } from '../pages/shop-files';
import { sendProblem } from '../problems/problem';
import { fingerprint } from '../server/body';
import { matchesTag } from '../server/entity-tag';

/** The shop: one page for the list of drops and for each drop; the script in it does the rest. */
@Controller()
@Policy('public')
export class PagesController {
  private readonly page = readShopPage();

  @Get()
  drops(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('d/:dropId')
  drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  private send(request: FastifyRequest, reply: FastifyReply): void {
    if (!this.page) {
      if (acceptsHtml(request)) sendHtml(reply, 404, notFoundPage());
      else sendProblem(request, reply, { code: 'not-found' });
      return;
    }
    reply.headers(SHOP_HEADERS).header('etag', this.page.etag);
    if (matchesTag(request.headers['if-none-match'], this.page.etag)) void reply.code(304).send();
    else void reply.send(this.page.html);
  }
}

/** Kept in memory: it is small, and the one page that everybody asks for. */
function readShopPage() {
  const files = findShopFiles();
  if (!files) return undefined;
  const html = readFileSync(join(files.root, 'index.html'));
  return { html, etag: `"${fingerprint(html).slice(0, 24)}"` };
}
