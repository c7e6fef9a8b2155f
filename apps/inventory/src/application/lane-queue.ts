import { runsAlone, subjectOf } from '../domain/lane-command';
import type { LaneEntry } from './lane-entry';

/**
 * What waits for a lane, in arrival order. Commands on holds that exist (payments above all) go before new places: they free or sell
 * what is already promised.
 */
export class LaneQueue {
  private ends: LaneEntry[] = [];
  private places: LaneEntry[] = [];
  /** Waiting places by hold id, so that a retried request joins the one that waits. */
  private readonly waitingPlaces = new Map<string, LaneEntry>();

  get length(): number {
    return this.ends.length + this.places.length;
  }

  push(entry: LaneEntry): void {
    const { command } = entry;
    if (command.kind !== 'place') {
      this.ends.push(entry);
      return;
    }
    const leader = this.waitingPlaces.get(command.holdId);
    if (leader?.command.kind === 'place' && leader.command.fingerprint === command.fingerprint) {
      (leader.followers ??= []).push(entry);
      return;
    }
    if (leader === undefined) this.waitingPlaces.set(command.holdId, entry);
    this.places.push(entry);
  }

  /** The next batch, at most `max` entries on different subjects. Entries that nobody waits for any more are dropped. */
  take(max: number): LaneEntry[] {
    const batch: LaneEntry[] = [];
    const subjects = new Set<string>();
    this.ends = takeFrom(this.ends, batch, subjects, max);
    const rareOne = batch[0] !== undefined && runsAlone(batch[0].command);
    if (!rareOne) this.places = takeFrom(this.places, batch, subjects, max);
    for (const { command } of batch) {
      if (command.kind === 'place') this.waitingPlaces.delete(command.holdId);
    }
    return batch;
  }

  /** Forgets who has been waiting too long and returns them. Both lists are in arrival order, so only their heads are looked at. */
  dropOverdue(now: number): LaneEntry[] {
    const overdue = [...overdueHead(this.ends, now), ...overdueHead(this.places, now)];
    if (overdue.length === 0) return overdue;
    const gone = new Set(overdue);
    this.ends = this.ends.filter((entry) => !gone.has(entry));
    this.places = this.places.filter((entry) => !gone.has(entry));
    for (const entry of overdue) {
      const { command } = entry;
      if (command.kind === 'place' && this.waitingPlaces.get(command.holdId) === entry)
        this.waitingPlaces.delete(command.holdId);
    }
    return overdue;
  }
}

/** Moves entries from the head of `waiting` into `batch`; returns what stays, in its order. */
function takeFrom(waiting: LaneEntry[], batch: LaneEntry[], subjects: Set<string>, max: number): LaneEntry[] {
  const left: LaneEntry[] = [];
  let next = 0;
  for (; next < waiting.length && batch.length < max; next += 1) {
    const entry = waiting[next]!;
    const subject = subjectOf(entry.command);
    if (runsAlone(entry.command)) {
      if (batch.length > 0) break;
      batch.push(entry);
      next += 1;
      break;
    }
    if (subjects.has(subject)) {
      left.push(entry);
    } else {
      subjects.add(subject);
      batch.push(entry);
    }
  }
  return next === waiting.length ? left : left.concat(waiting.slice(next));
}

function overdueHead(waiting: LaneEntry[], now: number): LaneEntry[] {
  const firstInTime = waiting.findIndex((entry) => entry.deadlineAt > now);
  return firstInTime === -1 ? [...waiting] : waiting.slice(0, firstInTime);
}
