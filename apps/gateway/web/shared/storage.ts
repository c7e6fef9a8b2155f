/**
 * What this browser keeps, by name: for all tabs (`browserStore`), or for one tab over its reloads (`tabStore`). A browser that keeps nothing
 * (private window, full) is served as well as it can be.
 */
class Store {
  private readonly memory = new Map<string, string>();

  constructor(private readonly area: () => Storage) {}

  get<T>(name: string): T | null {
    try {
      const text = this.memory.get(name) ?? this.area().getItem(name);
      return text ? (JSON.parse(text) as T) : null;
    } catch {
      return null;
    }
  }

  /** Null forgets it. */
  set(name: string, value: object | null): void {
    this.memory.delete(name);
    const text = JSON.stringify(value);
    try {
      if (value === null) this.area().removeItem(name);
      else this.area().setItem(name, text);
    } catch {
      if (value !== null) this.memory.set(name, text); // until the page is left
    }
  }

  /** All names that begin like this. */
  names(prefix: string): string[] {
    const names = new Set(this.memory.keys());
    try {
      for (const name of Object.keys(this.area())) names.add(name);
    } catch {
      // kept in memory alone
    }
    return [...names].filter((name) => name.startsWith(prefix));
  }
}

export const browserStore = new Store(() => localStorage);
export const tabStore = new Store(() => sessionStorage);
