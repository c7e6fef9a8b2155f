import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, Runtime } from '@holdfast/config';
import { Clock } from '@holdfast/kernel';

const NONCE_SECONDS = 3600;

/**
 * Tells the bank page's own form from one that another site made: by where the browser says that it comes from, and by a nonce in the form. The
 * nonce is for one payment and an hour; the first answer ends the question, so it serves once.
 */
@Injectable()
export class BankForm {
  private readonly key: Buffer;

  constructor(
    runtime: Runtime,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', runtime.secrets.operatorKey, '', 'holdfast bank form', 32));
  }

  nonceFor(reference: string): string {
    const end = Math.floor(this.clock.now() / 1000) + NONCE_SECONDS;
    return `${end}.${this.sign(reference, end)}`;
  }

  /** A program sends neither origin nor nonce: nobody can make it post for somebody else. A browser needs both. */
  isOwn(request: FastifyRequest, reference: string, nonce: string | undefined): boolean {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (site !== undefined && site !== 'same-origin') return false;
    if (origin !== undefined && !this.isOwnOrigin(origin, request.headers.host)) return false;
    if (nonce === undefined) return origin === undefined && site === undefined;
    const [, end = '0', mac = ''] = /^(\d{1,12})\.([\w-]{43})$/.exec(nonce) ?? [];
    if (Number(end) * 1000 < this.clock.now()) return false;
    const expected = Buffer.from(this.sign(reference, Number(end)));
    const given = Buffer.from(mac);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** By the name alone: a proxy may hand `Host` on without the port. */
  private isOwnOrigin(origin: string, host: string | undefined): boolean {
    if (origin === this.config.publicAddress) return true;
    if (!URL.canParse(origin) || host === undefined || !URL.canParse(`http://${host}`)) return false;
    return new URL(origin).hostname === new URL(`http://${host}`).hostname;
  }

  private sign(reference: string, end: number): string {
    return createHmac('sha256', this.key).update(`${reference} ${end}`).digest('base64url');
  }
}
