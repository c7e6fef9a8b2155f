import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { ServiceUnavailable } from '@holdfast/contracts';
import { DeadlineExceeded, isDropId } from '@holdfast/kernel';
import { DropDirectory } from '../../../application/drop-directory';
import { Limited } from '../limits/limit-policies';
import { sendPage } from '../pages/send-page';
import { readShopPages, SHOP_HEADERS, type ShopPages } from '../pages/shop-files';

/** The shop: one page for the list of drops and for each drop, rendered by its script. */
@Controller()
export class PagesController {
  private readonly pages: ShopPages | undefined;

  constructor(
    private readonly directory: DropDirectory,
    { sandboxFaults }: AppConfig,
  ) {
    this.pages = readShopPages(sandboxFaults);
  }

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

  /** If that cannot be determined, the page is sent: it reports that the shop is not responding, and retries. */
  private async mayBeThere(dropId: string): Promise<boolean> {
    if (!isDropId(dropId)) return false;
    try {
      return await this.directory.has(dropId);
    } catch (error) {
      if (error instanceof ServiceUnavailable || error instanceof DeadlineExceeded) return true;
      throw error;
    }
  }

  private send(request: FastifyRequest, reply: FastifyReply): void {
    sendPage(request, reply, this.pages && { page: this.pages.shop, etag: this.pages.etag }, SHOP_HEADERS);
  }
}
