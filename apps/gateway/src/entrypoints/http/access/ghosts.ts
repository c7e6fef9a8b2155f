import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { REHEARSAL_PASS } from '@holdfast/contracts';
import { Clock, dropIdOf, isGhostId } from '@holdfast/kernel';
import type { Policy } from './policies';
import type { Rehearsing } from './request';
import { Tokens } from './tokens';
import { VerifiedCache } from './verified-cache';

// A rehearsal has a pass for each of its ghosts; a pass is remembered only when it is good.
const PASSES_BOUNDS = { entriesMax: 1_000, bytesMax: 1024 * 1024 } as const;
const ADDRESS_LENGTH_MAX = 45; // the longest text of an IPv6 address

/**
 * Ids of nothing, in the form of real ones: no new drop has an `o` in its id. A route that is given one of them does all that it
 * does for a drop that does not exist, in the same order: limits, other parameters, the body, and then 404.
 */
const NO_DROP = 'dnowhere';
const NO_HOLD = `${NO_DROP}-h${'0'.repeat(26)}`;
const NO_ORDER = `${NO_DROP}-o${'0'.repeat(26)}`;

interface Ids {
  dropId?: string;
  holdId?: string;
  orderId?: string;
}

/**
 * Hides the ghosts of rehearsals. A request without the pass of the ghost that it names, and one with a pass that names
 * anything else, gets the answers of an unknown drop, byte for byte: the id is replaced before the route sees it.
 */
@Injectable()
export class Ghosts {
  private readonly passes = new VerifiedCache<{ ghostId: string; expiresAtMs: number }>(PASSES_BOUNDS);

  constructor(
    private readonly tokens: Tokens,
    private readonly clock: Clock,
  ) {}

  /** Before everything else that is done for a route: notes the pass of the request, and hides what it may not name. */
  admit(request: FastifyRequest, policy: Policy | undefined): void {
    const pass = request.headers[REHEARSAL_PASS.header];
    // Shoppers rehearse. For staff, programs and at the sign-in no pass counts: there an invented address would be a way around the limits.
    if (pass !== undefined && (policy === 'public' || policy === 'guest'))
      request.rehearsal = this.rehearsing(pass, request.headers[REHEARSAL_PASS.addressHeader]);
    const ids = request.params as Ids | null;
    if (!ids) return;
    if (ids.dropId !== undefined && this.hides(request, ids.dropId)) ids.dropId = NO_DROP;
    if (ids.holdId !== undefined) ids.holdId = this.holdIdFor(request, ids.holdId);
    if (ids.orderId !== undefined && this.hidesOwned(request, ids.orderId)) ids.orderId = NO_ORDER;
  }

  /** Whether the drop is none for this request. */
  hides({ rehearsal }: FastifyRequest, dropId: string): boolean {
    return rehearsal === null ? isGhostId(dropId) : dropId !== rehearsal.ghostId;
  }

  /** The hold's id as the request may name it: that of no hold when its drop is none for the request. */
  holdIdFor(request: FastifyRequest, holdId: string): string {
    return this.hidesOwned(request, holdId) ? NO_HOLD : holdId;
  }

  /** The same as `hides` of a hold or an order. */
  private hidesOwned(request: FastifyRequest, holdOrOrderId: string): boolean {
    const dropId = dropIdOf(holdOrOrderId);
    return dropId !== undefined && this.hides(request, dropId);
  }

  private rehearsing(pass: string | string[], address: string | string[] | undefined): Rehearsing | null {
    if (typeof pass !== 'string') return null;
    const found = this.read(pass);
    if (!found) return null;
    const isAddress =
      typeof address === 'string' && address.length <= ADDRESS_LENGTH_MAX && isIP(address) !== 0;
    return { ghostId: found.ghostId, address: isAddress ? address : null };
  }

  private read(pass: string): { ghostId: string; expiresAtMs: number } | undefined {
    const nowMs = this.clock.now();
    const known = this.passes.get(pass, nowMs);
    if (known) return known;
    const read = this.tokens.rehearsalPass(pass);
    if (read) this.passes.set(pass, read);
    return read;
  }
}
