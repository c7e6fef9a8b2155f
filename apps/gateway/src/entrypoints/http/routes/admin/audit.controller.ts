import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Audit, type AuditLines } from '@holdfast/contracts';
import { merchantCallerOf } from '../../access/request';
import { sendProblem } from '../../problems/problem';
import { auditQuery } from '../../schemas/audit-inputs';
import { check, refused } from '../../server/body';
import { sendJson } from '../send';
import { Download } from './download';
import { decodeSeq, encodeSeq } from './seq-cursor';

/** Who changed what of the caller's merchant. */
@Controller('v1/admin/audit')
export class AuditController {
  constructor(
    private readonly audit: Audit,
    private readonly download: Download,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(auditQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const { cursor, limit, action, targetId } = query.value;
    const afterSeq = cursor === undefined ? 0 : decodeSeq(cursor);
    if (afterSeq === null) {
      const { problem } = refused([{ pointer: '/cursor', message: 'is not a cursor of this list' }]);
      return void sendProblem(request, reply, problem);
    }
    const { merchantId } = merchantCallerOf(request);
    const { items, nextSeq } = await this.audit.listAudit({ merchantId, afterSeq, limit, action, targetId });
    const nextCursor = nextSeq === null ? null : encodeSeq(nextSeq);
    sendJson(reply, JSON.stringify({ items, nextCursor }));
  }

  @Get('checkpoint')
  async checkpoint(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const checkpoint = await this.audit.auditCheckpoint(merchantCallerOf(request).merchantId);
    sendJson(reply, JSON.stringify(checkpoint));
  }

  /** Streamed: a fault on the way cuts the answer off before its checkpoint, so nobody takes a part for the whole. */
  @Get('export')
  async export(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { merchantId } = merchantCallerOf(request);
    const checkpoint = await this.audit.sealAudit(merchantId);
    const lines = this.linesOf(merchantId, checkpoint.seq, JSON.stringify(checkpoint));
    reply
      .header('content-type', 'application/x-ndjson')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="audit-${merchantId}.ndjson"`);
    this.download.send(request, reply, lines);
  }

  private async *linesOf(merchantId: string, upToSeq: number, end: string): AsyncGenerator<Buffer> {
    for (let afterSeq: number | null = 0; afterSeq !== null;) {
      const { lines, nextSeq }: AuditLines = await this.audit.readAudit({ merchantId, afterSeq, upToSeq });
      if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
      afterSeq = nextSeq;
    }
    yield Buffer.from(`${end}\n`);
  }
}
