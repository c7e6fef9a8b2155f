import type { Busy } from '@holdfast/contracts';
import {
  isOfMerchant,
  type LaneAnswer,
  type LaneCommand,
  type MerchantCommand,
  runsAlone,
  subjectOf,
} from '../domain/lane-command';

// About 0.3 s of work: 256 places of 20 lines took 1.0 to 1.7 s, longer than a statement may take, and were
// then tried again as they were.
const BATCH_LINES_MAX = 1_000;

/** A queued command with its caller. */
export class LaneEntry {
  settled = false;
  /** Later callers with the same request while this one is queued. They get the same answer. */
  followers: LaneEntry[] | null = null;

  constructor(
    readonly command: LaneCommand,
    /** By this process's monotonic clock; after it the caller no longer waits. */
    readonly deadlineAt: number,
    private readonly onAnswer: (answer: LaneAnswer | Busy) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  answer(answer: LaneAnswer | Busy): void {
    if (!this.settled) {
      this.settled = true;
      this.onAnswer(answer);
    }
    if (this.followers === null) return;
    const theirs = 'replayed' in answer ? { ...answer, replayed: true } : answer;
    for (const follower of this.followers) follower.answer(theirs);
  }

  fail(error: unknown): void {
    if (!this.settled) {
      this.settled = true;
      this.onFailure(error);
    }
    for (const follower of this.followers ?? []) follower.fail(error);
  }
}

/**
 * The queue of a lane, in arrival order. Commands on existing holds (payments above all) go before new
 * places: they release or sell units that are already held. A merchant's commands go before both, but only one
 * after each batch of the others: a merchant who corrects stock in a rush waits for one batch, and one who sends
 * hundreds of corrections makes the shoppers wait twice as long, not for all of them.
 */
export class LaneQueue {
  private ends: LaneEntry[] = [];
  private places: LaneEntry[] = [];
  private merchants: LaneEntry[] = [];
  /** The last batch was a merchant's command. */
  private isTurnOfOthers = false;
  /** Queued places by hold id, so that a retried request joins the queued one. */
  private readonly waitingPlaces = new Map<string, LaneEntry>();
  /** Queued commands of merchants by the key of their request, for the same reason. */
  private readonly waitingRequests = new Map<string, LaneEntry>();
  /** Lines of all queued places. */
  private lines = 0;

  get length(): number {
    return this.ends.length + this.places.length + this.merchants.length;
  }

  /** Commands of merchants that wait, those that have joined another one included. */
  get ofMerchants(): number {
    let waiting = 0;
    for (const { followers } of this.merchants) waiting += 1 + (followers?.length ?? 0);
    return waiting;
  }

  /** Number of batches of `max` entries until one more command has been executed. */
  batchesWithOneMore(max: number, ofMerchant = false): number {
    const own = this.merchants.length;
    if (ofMerchant) return own + 1 + Math.min(own + 1, this.batchesOfOthers(max, 0));
    const others = this.batchesOfOthers(max, 1);
    return others + Math.min(own, others);
  }

  private batchesOfOthers(max: number, more: number): number {
    const commands = this.ends.length + this.places.length + more;
    return Math.max(Math.ceil(commands / max), Math.ceil((this.lines + more) / BATCH_LINES_MAX));
  }

  push(entry: LaneEntry): void {
    const { command } = entry;
    if (isOfMerchant(command)) {
      this.pushOfMerchant(entry, command);
      return;
    }
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
    this.lines += linesOf(entry);
  }

  private pushOfMerchant(entry: LaneEntry, command: MerchantCommand): void {
    const key = requestKeyOf(command);
    const leader = key === null ? undefined : this.waitingRequests.get(key);
    const isSame =
      leader !== undefined &&
      isOfMerchant(leader.command) &&
      leader.command.request?.fingerprint === command.request?.fingerprint;
    if (isSame) {
      (leader.followers ??= []).push(entry);
      return;
    }
    if (key !== null && leader === undefined) this.waitingRequests.set(key, entry);
    this.merchants.push(entry);
  }

  private takeOfMerchant(): LaneEntry | null {
    const areOthersWaiting = this.ends.length + this.places.length > 0;
    const first = this.merchants[0];
    if (first === undefined || (this.isTurnOfOthers && areOthersWaiting)) return null;
    this.merchants.shift();
    this.forget(first);
    return first;
  }

  /** It is no longer in the queue: nothing joins it. */
  private forget(entry: LaneEntry): void {
    const { command } = entry;
    const key = isOfMerchant(command) ? requestKeyOf(command) : null;
    if (key !== null && this.waitingRequests.get(key) === entry) this.waitingRequests.delete(key);
  }

  /**
   * Takes the next batch: at most `max` entries on different subjects, with at most `BATCH_LINES_MAX` lines,
   * but at least one entry. Does not check deadlines, see `dropOverdue`.
   */
  take(max: number): LaneEntry[] {
    const ofMerchant = this.takeOfMerchant();
    this.isTurnOfOthers = ofMerchant !== null;
    if (ofMerchant !== null) return [ofMerchant];
    const batch: LaneEntry[] = [];
    const subjects = new Set<string>();
    this.ends = takeFrom(this.ends, batch, subjects, max);
    const isRare = batch[0] !== undefined && runsAlone(batch[0].command);
    if (!isRare) this.places = takeFrom(this.places, batch, subjects, max);
    for (const entry of batch) {
      if (entry.command.kind === 'place') this.waitingPlaces.delete(entry.command.holdId);
      this.lines -= linesOf(entry);
    }
    return batch;
  }

  /**
   * Removes and returns the entries whose deadline has passed. The lists are in arrival order, so only their
   * heads are checked.
   */
  dropOverdue(now: number): LaneEntry[] {
    const overdue = [this.ends, this.places, this.merchants].flatMap((list) => overdueHead(list, now));
    if (overdue.length === 0) return overdue;
    const gone = new Set(overdue);
    this.ends = this.ends.filter((entry) => !gone.has(entry));
    this.places = this.places.filter((entry) => !gone.has(entry));
    this.merchants = this.merchants.filter((entry) => !gone.has(entry));
    for (const entry of overdue) {
      const { command } = entry;
      this.forget(entry);
      this.lines -= linesOf(entry);
      if (command.kind === 'place' && this.waitingPlaces.get(command.holdId) === entry)
        this.waitingPlaces.delete(command.holdId);
    }
    return overdue;
  }
}

/** Moves entries from the head of `waiting` into `batch`; returns the rest, in order. */
function takeFrom(waiting: LaneEntry[], batch: LaneEntry[], subjects: Set<string>, max: number): LaneEntry[] {
  const left: LaneEntry[] = [];
  let lines = 0;
  let next = 0;
  for (; next < waiting.length && batch.length < max; next += 1) {
    const entry = waiting[next]!;
    if (lines > 0 && lines + linesOf(entry) > BATCH_LINES_MAX) break;
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
      lines += linesOf(entry);
    }
  }
  return next === waiting.length ? left : left.concat(waiting.slice(next));
}

function linesOf({ command }: LaneEntry): number {
  return command.kind === 'place' ? command.lines.length : 0;
}

function overdueHead(waiting: LaneEntry[], now: number): LaneEntry[] {
  const firstInTime = waiting.findIndex((entry) => entry.deadlineAt > now);
  return firstInTime === -1 ? [...waiting] : waiting.slice(0, firstInTime);
}

/** What makes two requests of a merchant the same one; null: the request has no key. */
function requestKeyOf(command: MerchantCommand): string | null {
  return command.request ? `${subjectOf(command)} ${command.request.key}` : null;
}
