import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Merchants } from '@holdfast/contracts';
import { fingerprintOf, isCurrency, randomId } from '@holdfast/kernel';
import type { ReadProductFile } from '../../../../application/ports/product-files.port';
import { ProductImport } from '../../../../application/product-import';
import { merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { importQuery } from '../../schemas/product-inputs';
import { check, type Parsed, rawBody, refused } from '../../server/body';
import { sendAnswer } from '../send';
import { productRefusal } from './product-refusals';
import { commandOf, requestKeyOf } from './request-key';

const CSV_TYPE = /^text\/csv\s*(;.*)?$/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(;|$))/i;

/** Products from an export in Shopify's CSV format, all of them or none. */
@Controller('v1/admin/products/import')
export class ProductImportController {
  constructor(
    private readonly imports: ProductImport,
    private readonly merchants: Merchants,
  ) {}

  @Post()
  async import(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const query = check(importQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    if (!isCsv(request)) return void sendProblem(request, reply, NOT_CSV);
    const currency = await this.currencyOf(request, query.value.currency);
    if (currency.kind === 'refused') return void sendProblem(request, reply, currency.problem);
    const bytes = rawBody(request);
    const outcome = await this.imports.run({
      bytes,
      fingerprint: fingerprintOf(bytes),
      importId: `imp_${randomId()}`,
      currency: currency.value,
      dryRun: query.value['dry-run'],
      skipBad: query.value['skip-bad'],
      includeHidden: query.value['include-hidden'],
      command: commandOf(request, key.value),
    });
    switch (outcome.kind) {
      case 'imported':
        return sendAnswer(request, reply, {
          kind: 'sent',
          status: 200,
          body: documentOf(outcome.read),
          replayed: outcome.replayed,
        });
      case 'invalid':
        return void sendProblem(request, reply, { code: 'invalid-import', members: rowsOf(outcome.read) });
      default:
        return void sendProblem(request, reply, productRefusal(outcome));
    }
  }

  /** The merchant's own, unless the request names another. */
  private async currencyOf(request: FastifyRequest, asked: string | undefined): Promise<Parsed<string>> {
    if (asked !== undefined) return { kind: 'parsed', value: asked };
    const merchant = await this.merchants.getMerchant(merchantCallerOf(request).merchantId);
    if (!merchant) return { kind: 'refused', problem: { code: 'not-found' } };
    const { defaultCurrency } = merchant;
    if (isCurrency(defaultCurrency)) return { kind: 'parsed', value: defaultCurrency };
    const message = `must be given: the merchant's own, ${defaultCurrency}, has no amounts`;
    return refused([{ pointer: '/currency', message }]);
  }
}

const NOT_CSV: Problem = {
  code: 'unsupported-media-type',
  detail: 'Send the file in UTF-8 with the header Content-Type: text/csv.',
};

function isCsv({ headers }: FastifyRequest): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  return CSV_TYPE.test(type) && !OTHER_CHARSET.test(type) && encoding === 'identity';
}

/** What the command line answers, without a drop. */
function documentOf(read: ReadProductFile): string {
  const counts = JSON.stringify({ dropId: null, ...read.counts }).slice(0, -1);
  return `${counts},${rowsOf(read)}}`;
}

function rowsOf({ rejected, notes }: ReadProductFile): string {
  return `"rejected":${rejected},"notes":${notes}`;
}
