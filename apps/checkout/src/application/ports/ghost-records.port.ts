/** What orders or charges are stored of ghosts, the copies of drops for rehearsals. */
export abstract class GhostRecords {
  /** Drops that have some, ghosts among them. */
  abstract drops(limit: number): Promise<string[]>;
  /** Removes all of one ghost, in bounded pieces, and returns how many rows. Throws for any other drop. */
  abstract remove(ghostId: string): Promise<number>;
}
