import type { FastifyInstance } from 'fastify';

/** Which methods each address knows: tells 405 with `Allow` from 404, which the router does not. */
export class MethodTable {
  private readonly methods = new Map<string, Set<string>>();
  private readonly patterns: { steps: string[]; methods: Set<string> }[] = [];

  /** Takes note of each route. To be called before the first one is registered. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ method, url }) => this.add(url, [method].flat()));
  }

  add(pattern: string, methods: readonly string[]): void {
    let known = this.methods.get(pattern);
    if (!known) {
      known = new Set();
      this.methods.set(pattern, known);
      this.patterns.push({ steps: pattern.split('/'), methods: known });
    }
    for (const method of methods) known.add(method);
  }

  /** The methods of the address, as `Allow` lists them; undefined when the address is unknown. */
  allowed(url: string): string | undefined {
    const steps = url.split('?', 1)[0]!.split('/');
    const found = new Set<string>();
    for (const pattern of this.patterns) {
      if (matches(pattern.steps, steps)) for (const method of pattern.methods) found.add(method);
    }
    if (found.size === 0) return undefined;
    return [...found.add('OPTIONS')].sort().join(', ');
  }
}

function matches(pattern: readonly string[], steps: readonly string[]): boolean {
  const open = pattern.at(-1) === '*';
  if (open ? steps.length < pattern.length : steps.length !== pattern.length) return false;
  return pattern.every(
    (want, i) => want === '*' || want === steps[i] || (want.startsWith(':') && steps[i] !== ''),
  );
}
