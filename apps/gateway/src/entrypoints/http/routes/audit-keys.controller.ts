import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Audit } from '@holdfast/contracts';
import { JSON_TYPE } from './send';

/** The public keys with which anybody can check a checkpoint of the audit. */
@Controller('.well-known')
export class AuditKeysController {
  constructor(private readonly audit: Audit) {}

  @Get('holdfast-audit-keys.json')
  async keys(@Res() reply: FastifyReply): Promise<void> {
    const keys = await this.audit.auditKeys();
    void reply
      .header('cache-control', 'public, max-age=300')
      .header('content-type', JSON_TYPE)
      .send(JSON.stringify({ keys }));
  }
}
