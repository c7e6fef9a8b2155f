import type { Clock } from '@holdfast/kernel';
import { SessionFamilies } from '../../application/ports/session-families.port';
import { type Family, rotate, type Rotation } from '../../domain/session-family';

// About 10 MB. Only guests who refresh after their first 15 minutes take a place.
const FAMILIES_MAX = 50_000;

/** The families of a product in one process. They are lost with it: after a restart a session continues with whichever token comes first. */
export class MemoryFamilies extends SessionFamilies {
  private readonly families = new Map<string, Family>();

  constructor(
    private readonly clock: Clock,
    private readonly familiesMax = FAMILIES_MAX,
  ) {
    super();
  }

  get size(): number {
    return this.families.size;
  }

  override rotate(family: string, generation: number): Promise<Rotation> {
    const { rotation, family: now } = rotate(this.families.get(family), generation, this.clock.now());
    this.keep(family, now);
    return Promise.resolve(rotation);
  }

  override end(family: string): Promise<void> {
    const known = this.families.get(family);
    this.keep(family, { newest: 0, atMs: this.clock.now(), ...known, ended: true });
    return Promise.resolve();
  }

  /** Evicts the least recently used. */
  private keep(id: string, family: Family): void {
    this.families.delete(id);
    if (this.families.size >= this.familiesMax) this.families.delete(this.families.keys().next().value!);
    this.families.set(id, family);
  }
}
