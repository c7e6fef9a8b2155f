/** Thrown to whoever calls from a process that is dead: nothing it does reaches anybody any more. */
export class ProcessDied extends Error {}

/**
 * Lets a process die at its n-th call to another party: `before` it is made, or `after` it was done and before its answer came back.
 * From then on every call fails, as if there were nobody to make it.
 */
export class Mortality {
  calls: string[] = [];
  dead = false;

  constructor(
    private readonly at: number,
    private readonly when: 'before' | 'after',
  ) {}

  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        // What is no call to another party cannot be cut off.
        if (typeof value !== 'function' || name === 'judgeToken') return value;
        return (...args: unknown[]) => this.call(String(name), () => value.apply(target, args) as unknown);
      },
    });
  }

  private async call(name: string, make: () => unknown): Promise<unknown> {
    if (this.dead) throw new ProcessDied('dead');
    const dies = this.calls.length === this.at;
    this.calls.push(name);
    if (dies && this.when === 'before') this.die();
    const result = await make();
    if (dies) this.die();
    if (this.dead) throw new ProcessDied('dead');
    return result;
  }

  private die(): never {
    this.dead = true;
    throw new ProcessDied(`died ${this.when} ${this.calls.at(-1)}`);
  }
}
