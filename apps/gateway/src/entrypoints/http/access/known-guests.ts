import { Injectable } from '@nestjs/common';
import { Clock } from '@holdfast/kernel';
import type { VerifiedGuest } from './guest.strategy';
import { VerifiedCache } from './verified-cache';
import { ACCESS } from './tokens';

/**
 * The guests whose token needs no second look: verified once, or signed here a moment ago. The second matters in a rush, where most
 * shoppers ask for one hold right after they came, and checking the signature would be the dearest step of the edge.
 */
@Injectable()
export class KnownGuests {
  private readonly cache = new VerifiedCache<VerifiedGuest>();

  constructor(private readonly clock: Clock) {}

  /** By the whole `Authorization` header, so that not one byte of it goes unchecked. */
  find(authorization: string): VerifiedGuest | undefined {
    return this.cache.get(authorization, this.clock.now());
  }

  verified(authorization: string, guest: VerifiedGuest): void {
    this.cache.set(authorization, guest);
  }

  signed(accessToken: string, customerId: string): void {
    const expiresAtMs = this.clock.now() + ACCESS.seconds * 1000;
    this.cache.set(`Bearer ${accessToken}`, { customerId, expiresAtMs });
  }
}
