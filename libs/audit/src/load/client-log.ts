import type { AcknowledgedHold } from '../promises/acknowledged-hold';
import type { ClientNote } from './client-note';

interface NotedHold {
  hold: string;
  sku: string;
  units: number;
  expiresAt: string;
  left: boolean;
  paidOrderId: string | null;
  paidMinor: number;
}

/** The answers that all clients of a run received, from their own log. */
export interface ClientLog {
  holds: Map<string, NotedHold>;
  /** Holds granted to two clients. */
  duplicates: number;
  unknownHolds: number;
  unknownOrders: number;
  /** Count by cause. */
  faults: Map<string, number>;
  retries: Map<string, number>;
}

export function newClientLog(): ClientLog {
  return {
    holds: new Map(),
    duplicates: 0,
    unknownHolds: 0,
    unknownOrders: 0,
    faults: new Map(),
    retries: new Map(),
  };
}

/**
 * The note in a line of k6's console output: plain, or in the `msg` of a log line. Null for a line that is none.
 */
export function readNote<T = ClientNote>(line: string): T | null {
  if (!line.startsWith('{')) return null;
  const logged = JSON.parse(line) as T | { msg: string };
  if (typeof logged !== 'object' || logged === null || !('msg' in logged)) return logged as T;
  return logged.msg.startsWith('{') ? (JSON.parse(logged.msg) as T) : null;
}

/** Reads all notes of a finished run. */
export function readClientLog(text: string): ClientLog {
  const log = newClientLog();
  for (const line of text.split('\n')) {
    const note = readNote(line);
    if (note) addNote(log, note);
  }
  return log;
}

/** Other notes than those of `ClientNote` are ignored. */
export function addNote(log: ClientLog, note: ClientNote): void {
  switch (note.did) {
    case 'held':
      if (log.holds.has(note.hold)) log.duplicates += 1;
      else log.holds.set(note.hold, { ...note, left: false, paidOrderId: null, paidMinor: 0 });
      break;
    case 'left': {
      const hold = log.holds.get(note.hold);
      if (hold) hold.left = true;
      break;
    }
    case 'paid': {
      const hold = log.holds.get(note.hold);
      if (hold) Object.assign(hold, { paidOrderId: note.order, paidMinor: note.amountMinor });
      break;
    }
    case 'unknown':
      log[note.what === 'hold' ? 'unknownHolds' : 'unknownOrders'] += 1;
      break;
    case 'retry':
      count(log.retries, note.why);
      break;
    case 'fault':
      count(log.faults, note.what);
      break;
  }
}

function count(times: Map<string, number>, what: string): void {
  times.set(what, (times.get(what) ?? 0) + 1);
}

/**
 * The input of `checkPromises`. The units of a hold that its client has left may have been granted to another
 * since.
 */
export function acknowledgedHolds(log: ClientLog): AcknowledgedHold[] {
  return [...log.holds.values()].map(({ hold, sku, units, expiresAt, left, paidOrderId }) => ({
    holdId: hold,
    sku,
    units,
    expiresAtMs: left ? 0 : Date.parse(expiresAt),
    paidOrderId,
  }));
}
