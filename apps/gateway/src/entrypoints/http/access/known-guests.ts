import { Injectable } from '@nestjs/common';
import { Clock } from '@holdfast/kernel';
import type { VerifiedGuest } from './guest.strategy';
import { VerifiedCache } from './verified-cache';
import { ACCESS } from './tokens';

/** The crowd of one drop, who send the same token for 15 minutes. One entry counts for about 650 bytes. */
export const KNOWN_GUESTS_BOUNDS = { entriesMax: 50_000, bytesMax: 36 * 1024 * 1024 } as const;

/**
 * The guests whose token needs no second look: verified once, or signed here a moment ago. The second matters in a rush, where most
 * shoppers ask for one hold right after they came, and checking the signature would be the dearest step of the edge.
 */
@Injectable()
export class KnownGuests {
  private readonly cache = new VerifiedCache<VerifiedGuest>(KNOWN_GUESTS_BOUNDS);

  constructor(private readonly clock: Clock) {}

  /** By the token as it stands behind `Bearer `: a token has one spelling, so one guest takes one entry for each token of theirs. */
  find(token: string): VerifiedGuest | undefined {
    return this.cache.get(token, this.clock.now());
  }

  verified(token: string, guest: VerifiedGuest): void {
    this.cache.set(token, guest);
  }

  signed(token: string, customerId: string): void {
    this.cache.set(token, {
      kind: 'shopper',
      customerId,
      expiresAtMs: this.clock.now() + ACCESS.seconds * 1000,
    });
  }

  /** What the remembered tokens take, counted. */
  get bytes(): number {
    return this.cache.bytes;
  }

  get size(): number {
    return this.cache.size;
  }
}
