import { isIPv6 } from 'node:net';
import { addressKey } from '../../limits/address-key';

/** A /48 is what one customer of a provider is given: 65,536 networks of a /64, so it has a bound of its own. */
const WIDER_TIMES = 8;

/**
 * Places that one address may hold at the same moment: an IPv4 address for itself, an IPv6 one for its /64, and for its /48 with eight times
 * that. Memory is bounded by the places that are held: nothing is kept of an address that holds none.
 */
export class AddressPlaces {
  private readonly held = new Map<string, number>();

  constructor(private readonly placesMax: number) {}

  /** Entries, for tests of the bound. */
  get size(): number {
    return this.held.size;
  }

  /** Returns how the place is given back, to be called once; null: the address holds all that it may. */
  take(address: string): (() => void) | null {
    const key = addressKey(address);
    if (this.count(key) >= this.placesMax) return null;
    const wider = isIPv6(address) && key.includes(':') ? widerKey(key) : null;
    if (wider !== null && this.count(wider) >= this.placesMax * WIDER_TIMES) return null;
    this.add(key, 1);
    if (wider !== null) this.add(wider, 1);
    return () => {
      this.add(key, -1);
      if (wider !== null) this.add(wider, -1);
    };
  }

  private count(key: string): number {
    return this.held.get(key) ?? 0;
  }

  private add(key: string, change: 1 | -1): void {
    const now = this.count(key) + change;
    if (now > 0) this.held.set(key, now);
    else this.held.delete(key);
  }
}

/** The /48 of a /64, marked so that no other key looks like it. */
function widerKey(key: string): string {
  return `${key.split(':').slice(0, 3).join(':')}/48`;
}
