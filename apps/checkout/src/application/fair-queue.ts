/** Who requests a permit. */
export interface Share {
  /** The client's address; orders without one count only for their customer. */
  address: string | null;
  customerId: string;
}

interface Group<T> {
  /** By customer, in the order of their turns. */
  customers: Map<string, T[]>;
  size: number;
}

/**
 * A round-robin queue over addresses, and within an address over customers. So a client's hundred requests take a hundred rounds, and others are
 * served in between. The order of a Map is the order of service: an entry that was served moves to its end.
 */
export class FairQueue<T> {
  private readonly groups = new Map<string, Group<T>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  waitingOf(share: Share): number {
    return this.groups.get(groupOf(share))?.customers.get(share.customerId)?.length ?? 0;
  }

  push(share: Share, entry: T): void {
    const name = groupOf(share);
    const group = this.groups.get(name) ?? { customers: new Map<string, T[]>(), size: 0 };
    this.groups.set(name, group);
    const own = group.customers.get(share.customerId);
    if (own) own.push(entry);
    else group.customers.set(share.customerId, [entry]);
    group.size += 1;
    this.count += 1;
  }

  /** Removes the next entry; undefined when the queue is empty. */
  shift(): T | undefined {
    const [name, group] = this.groups.entries().next().value ?? [];
    if (name === undefined || group === undefined) return undefined;
    const [customerId, entries] = group.customers.entries().next().value!;
    const entry = entries.shift();
    this.took(name, group, customerId, entries);
    this.groups.delete(name);
    if (group.size > 0) this.groups.set(name, group);
    return entry;
  }

  remove(share: Share, entry: T): void {
    const name = groupOf(share);
    const group = this.groups.get(name);
    const entries = group?.customers.get(share.customerId);
    const at = entries?.indexOf(entry) ?? -1;
    if (!group || !entries || at === -1) return;
    entries.splice(at, 1);
    group.size -= 1;
    this.count -= 1;
    if (entries.length === 0) group.customers.delete(share.customerId);
    if (group.size === 0) this.groups.delete(name);
  }

  /** Removes an entry of the largest group, if that has more than the group of `share` would have with one more. */
  displaceFor(share: Share): T | undefined {
    const own = (this.groups.get(groupOf(share))?.size ?? 0) + 1;
    let most: [string, Group<T>] | undefined;
    for (const each of this.groups) if (each[1].size > (most?.[1].size ?? own)) most = each;
    if (!most) return undefined;
    const [name, group] = most;
    const [customerId, entries] = [...group.customers].at(-1)!;
    const entry = entries.pop();
    this.took(name, group, customerId, entries);
    return entry;
  }

  private took(name: string, group: Group<T>, customerId: string, entries: T[]): void {
    group.size -= 1;
    this.count -= 1;
    group.customers.delete(customerId);
    if (entries.length > 0) group.customers.set(customerId, entries);
    if (group.size === 0) this.groups.delete(name);
  }
}

// The two kinds of names cannot collide: a customer's has a letter in front.
const groupOf = ({ address, customerId }: Share): string =>
  address === null ? `c ${customerId}` : `a ${address}`;
