/** Times from a commit to the moment at which somebody sees it or something newer, for many rows at once. */
export class Latencies {
  readonly ms: number[] = [];
  private readonly open = new Map<string, { version: number; at: number }[]>();
  private readonly newest = new Map<string, { version: number; at: number }>();

  /** The ledger has acknowledged this version of the row. */
  committed(row: string, version: number, at: number): void {
    const seen = this.newest.get(row);
    // The way through the log can be quicker than the acknowledgement.
    if (seen && seen.version >= version) return void this.ms.push(Math.max(0, seen.at - at));
    const open = this.open.get(row);
    if (open) open.push({ version, at });
    else this.open.set(row, [{ version, at }]);
  }

  /** The row is shown with this version. */
  seen(row: string, version: number, at: number): void {
    if ((this.newest.get(row)?.version ?? -1) >= version) return;
    this.newest.set(row, { version, at });
    const open = this.open.get(row) ?? [];
    const settled = open.filter((commit) => commit.version <= version);
    for (const commit of settled) this.ms.push(at - commit.at);
    this.open.set(
      row,
      open.filter((commit) => commit.version > version),
    );
  }

  /** Commits that nobody has seen yet. */
  get missing(): number {
    return [...this.open.values()].reduce((sum, open) => sum + open.length, 0);
  }
}
