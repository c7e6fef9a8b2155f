import { type LuaCall, markKeys, noteKey, type RedisCalls, type RedisConnection } from '@holdfast/redis';
import { lua } from './lua/lua.generated';

const NOTE_KEPT_SECONDS = 3_600; // longer than any reload; the note of a failed one expires

/**
 * Keys that prove that no data were lost since the view was loaded, one on each node: a node that loses its
 * data loses its mark.
 */
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

  /** Changes if a node with a mark was lost, or its mark has moved to another node. */
  get place(): string {
    return this.keys.map((key) => this.redis.placeOf(key)).join();
  }

  /** True if all marks exist. */
  async stand(): Promise<boolean> {
    const found = await this.calls.run((client) =>
      Promise.all(this.keys.map((key) => client.hexists(key, ''))),
    );
    return found.every((there) => there === 1);
  }

  /** Writes a note at the start of a reload beside each mark, which is lost with the node's data. */
  async begin(load: string): Promise<void> {
    await this.calls.run((client) =>
      Promise.all(this.keys.map((key) => client.set(noteKey(key, load), '1', 'EX', NOTE_KEPT_SECONDS))),
    );
  }

  /** Sets the marks if every note still exists; returns whether they did. */
  async close(load: string): Promise<boolean> {
    const closed = await Promise.all(this.keys.map((key) => this.closeMark([key, noteKey(key, load)], [])));
    return closed.every((answer) => answer === 1);
  }
}
