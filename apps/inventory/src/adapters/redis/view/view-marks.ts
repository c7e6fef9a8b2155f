import { type LuaCall, markKeys, type RedisCalls } from '@holdfast/redis';
import { lua } from './lua/lua.generated';

/** Keys that say "nothing was lost since the view was loaded", one on each node: whatever empties a node takes its mark along. */
export class ViewMarks {
  private readonly keys: string[];
  private readonly closeMark: LuaCall;

  constructor(
    private readonly calls: RedisCalls,
    isCluster: boolean,
  ) {
    this.keys = markKeys(isCluster);
    this.closeMark = calls.script(lua.closeMark);
  }

  /** True when all of them stand. */
  async stand(): Promise<boolean> {
    const found = await this.calls.run((client) =>
      Promise.all(this.keys.map((key) => client.hexists(key, ''))),
    );
    return found.every((there) => there === 1);
  }

  /** Leaves a note of the reload that begins, which is lost with everything else. */
  async begin(load: string): Promise<void> {
    await this.calls.run((client) => Promise.all(this.keys.map((key) => client.hset(key, load, '1'))));
  }

  /** True when every note was still there: then the marks stand. */
  async close(load: string): Promise<boolean> {
    const closed = await Promise.all(this.keys.map((key) => this.closeMark([key], [load])));
    return closed.every((answer) => answer === 1);
  }
}
