export interface ReadyFacts {
  address: string;
  /** The open drop to show, if there is one. */
  dropId: string | null;
  /** How to get into the merchants' page. */
  signIn: string;
  /** Where things are, each with its name: ledger, logs, … */
  places: readonly (readonly [name: string, place: string])[];
  /** How to stop it. */
  stop: string;
}

/** The first line is what scripts wait for. */
export function readyMessage({ address, dropId, signIn, places, stop }: ReadyFacts): string {
  const rows: (readonly [string, string])[] = [
    ['Shop', `${address}/`],
    ...(dropId === null ? [] : [['Open drop', `${address}/d/${dropId}`] as const]),
    ['Admin', `${address}/admin  ${signIn}`],
    ['API', `${address}/docs`],
    ...places,
    ['Stop', stop],
  ];
  const table = rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`).join('\n');
  return `Holdfast is ready at ${address}\n\n${table}\n`;
}
