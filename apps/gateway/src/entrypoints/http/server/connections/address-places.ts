import { isIPv6 } from 'node:net';
import { addressKey } from '../../limits/address-key';

/** A provider may assign a /48 to one customer: 65,536 networks of /64, so it has its own limit. */
const WIDER_TIMES = 8;

/**
 * Limits what one address may use at the same time: an IPv4 address, an IPv6 /64, and a /48 with eight times
 * as much. Addresses that use nothing take no memory.
 */
export class AddressPlaces {
  private readonly held = new Map<string, number>();

  constructor(private readonly placesMax: number) {}

  /** Entries, for tests of the bound. */
  get size(): number {
    return this.held.size;
  }

  /**
   * Returns a function that releases the place, to be called once; null if the address has reached its limit.
   */
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

/** The /48 of a /64, with a mark that makes the key unique. */
function widerKey(key: string): string {
  return `${key.split(':').slice(0, 3).join(':')}/48`;
}
