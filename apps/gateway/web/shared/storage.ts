/** What this browser keeps between two visits. A browser that keeps nothing (private window, full) is served as well as it can be. */
const memory = new Map<string, string>();

export function recall<T>(name: string): T | null {
  try {
    const text = localStorage.getItem(name) ?? memory.get(name);
    return text ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}

/** Null forgets it. */
export function remember(name: string, value: object | null): void {
  const text = JSON.stringify(value);
  if (value === null) memory.delete(name);
  else memory.set(name, text);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // kept in memory until the page is left
  }
}
