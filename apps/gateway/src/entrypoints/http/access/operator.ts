import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable, Optional } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, ServiceConfig } from '@holdfast/config';
import { Clock } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { isLocalCaller, isLoopbackPeer } from '@holdfast/process';
import { Tokens } from './tokens';
import { bearerTokenOf, TOKEN_LENGTH_MAX } from './bearer';
import { VerifiedCache } from './verified-cache';

// An operator has a few at a time; a pass is remembered only when it is good.
const PASSES_BOUNDS = { entriesMax: 1_000, bytesMax: 1024 * 1024 } as const;

/** Knows operators: by the pass they sign with the product's operator key, or by sitting on the machine of a standalone product. */
@Injectable()
export class Operators {
  private readonly passes = new VerifiedCache<{ expiresAtMs: number }>(PASSES_BOUNDS);

  constructor(
    private readonly tokens: Tokens,
    private readonly clock: Clock,
    private readonly config: AppConfig,
    private readonly events: SecurityEvents,
    @Optional() private readonly service?: ServiceConfig,
  ) {}

  get ofCluster(): boolean {
    return this.config.mode === 'cluster';
  }

  /** The header `Holdfast-Operator`, with which the operator's own load passes the public limits. */
  hasPass(request: FastifyRequest): boolean {
    const pass = request.headers['holdfast-operator'];
    return typeof pass === 'string' && this.isPass(pass);
  }

  /** This machine in standalone mode; elsewhere who shows a pass, or the token that the settings name for figures. */
  maySeeFigures(request: FastifyRequest): boolean {
    if (!this.ofCluster && isLocalCaller(request.raw, this.config.host)) return true;
    const bearer = bearerTokenOf(request.raw);
    if (bearer !== undefined && (this.isFiguresToken(bearer) || this.isPass(bearer))) return true;
    if (!this.ofCluster && isLoopbackPeer(request.raw.socket.remoteAddress))
      this.events.report('foreign-host', { detail: `/metrics with Host ${request.headers.host ?? ''}` });
    return false;
  }

  private isFiguresToken(token: string): boolean {
    const expected = this.service?.metricsToken ?? null;
    // Hashed, so that both have one length and the time to compare tells nothing.
    return expected !== null && timingSafeEqual(digest(token), digest(expected));
  }

  private isPass(pass: string): boolean {
    if (pass.length > TOKEN_LENGTH_MAX) return false;
    const nowMs = this.clock.now();
    if (this.passes.get(pass, nowMs)) return true;
    const end = this.tokens.operatorPassEnd(pass);
    if (end === undefined) return false;
    this.passes.set(pass, { expiresAtMs: end * 1000 });
    return true;
  }
}

function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
