export interface ReadyFacts {
  address: string;
  /** The open drop to show, if there is one. */
  dropId: string | null;
  ledger: string;
  dataDir: string;
}

/** The first line is what scripts wait for. */
export function readyMessage({ address, dropId, ledger, dataDir }: ReadyFacts): string {
  const rows: [string, string][] = [
    ['Shop', `${address}/`],
    ...(dropId === null ? [] : [['Open drop', `${address}/d/${dropId}`] as [string, string]]),
    ['API', `${address}/docs`],
    ['Ledger', ledger],
    ['Data', dataDir],
    ['Stop', 'Ctrl-C'],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`).join('\n');
  return `Holdfast is ready at ${address}\n\n${table}\n`;
}
