import { Controller, Get, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problems/problem';
import { presentHealth, Readiness } from '../server/readiness';
import { sendJson } from './send';

const COME_BACK_SECONDS = 2;

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  /** The process runs and turns its event loop. */
  @Get('live')
  live(@Res() reply: FastifyReply): void {
    sendJson(reply, '{"status":"ok"}');
  }

  /** Each dependency by its name; 503 while one is down. */
  @Get('ready')
  async ready(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const result = await this.check();
    if (result.status === 'ok') {
      sendJson(reply, JSON.stringify(presentHealth(result)));
      return;
    }
    const down = Object.entries(result.error ?? {});
    sendProblem(request, reply, {
      code: 'temporarily-unavailable',
      detail: `Not ready: ${down.map(([name]) => name).join(', ')}.`,
      errors: down.map(([name, state]) => ({
        pointer: `/${name}`,
        message: String(state?.['message'] ?? 'is down'),
      })),
      retryAfterSeconds: COME_BACK_SECONDS,
    });
  }

  private async check(): Promise<HealthCheckResult> {
    try {
      return await this.health.check(this.readiness.checks());
    } catch (error) {
      // Terminus throws what it found when something is down.
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }
}
