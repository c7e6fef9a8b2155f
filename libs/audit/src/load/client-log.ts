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

/**
 * Parses notes in k6's console output: plain, or in the `msg` of a log line. Lines that are not JSON are
 * skipped.
 */
export function readClientLog(text: string): ClientLog {
  const log: ClientLog = {
    holds: new Map(),
    duplicates: 0,
    unknownHolds: 0,
    unknownOrders: 0,
    faults: new Map(),
    retries: new Map(),
  };
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    const logged = JSON.parse(line) as ClientNote | { msg: string };
    add(log, 'msg' in logged ? (JSON.parse(logged.msg) as ClientNote) : logged);
  }
  return log;
}

function add(log: ClientLog, note: ClientNote): void {
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
