import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendPage } from '../pages/send-page';
import { ADMIN_HEADERS, readAdminPage } from '../pages/shop-files';

/** The merchants' page: the same document at each of its addresses, rendered by its script. */
@Controller('admin')
export class AdminPageController {
  private readonly built = readAdminPage();

  @Get()
  drops(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  /** The token of the link is in the fragment, which is not sent. */
  @Get('link')
  link(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('drops/new')
  newDrop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('drops/:dropId')
  drop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('drops/:dropId/edit')
  editDrop(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('drops/:dropId/timeline')
  timeline(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('drops/:dropId/rehearsals')
  rehearsals(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('products')
  products(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('orders')
  orders(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('audit')
  audit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('settings')
  settings(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  @Get('runbooks/:name')
  runbook(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply);
  }

  private send(request: FastifyRequest, reply: FastifyReply): void {
    sendPage(request, reply, this.built, ADMIN_HEADERS);
  }
}
