/** A script as `tools/embed-lua.mjs` embeds it. */
export interface LuaScript {
  /** `<verb>-<noun>-<number of keys>`, the name of its file. */
  name: string;
  keys: number;
  text: string;
}

/** Runs a script; returns Redis' answer unchanged: strings, numbers, null and arrays of them. */
export type LuaCall = (
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;
