import { type LuaCall, markKeys, noteKey, type RedisCalls, type RedisConnection } from '@holdfast/redis';
import { lua } from './lua/lua.generated';

const NOTE_KEPT_SECONDS = 3_600; // no reload takes that long; the note of one that failed, or whose process died, goes by itself

/** Keys that say "nothing was lost since the view was loaded", one on each node: whatever empties a node takes its mark along. */
export class ViewMarks {
  private readonly keys: string[];
  private readonly closeMark: LuaCall;

  constructor(
    private readonly calls: RedisCalls,
    private readonly redis: RedisConnection,
  ) {
    this.keys = markKeys(redis.isCluster);
    this.closeMark = calls.script(lua.closeMark);
  }

  /** Changes when a node that keeps one was lost, or another node keeps it now. */
  get place(): string {
    return this.keys.map((key) => this.redis.placeOf(key)).join();
  }

  /** True when all of them stand. */
  async stand(): Promise<boolean> {
    const found = await this.calls.run((client) =>
      Promise.all(this.keys.map((key) => client.hexists(key, ''))),
    );
    return found.every((there) => there === 1);
  }

  /** Leaves a note of the reload that begins beside each, which is lost with everything else. */
  async begin(load: string): Promise<void> {
    await this.calls.run((client) =>
      Promise.all(this.keys.map((key) => client.set(noteKey(key, load), '1', 'EX', NOTE_KEPT_SECONDS))),
    );
  }

  /** True when every note was still there: then the marks stand. */
  async close(load: string): Promise<boolean> {
    const closed = await Promise.all(this.keys.map((key) => this.closeMark([key, noteKey(key, load)], [])));
    return closed.every((answer) => answer === 1);
  }
}
