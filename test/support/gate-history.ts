import { TestClock } from '@holdfast/testing';
import type { PlaceOutcome } from '@holdfast/contracts';
import { silentLogger } from '@holdfast/observability';
import type { RedisConnection } from '@holdfast/redis';
import type { Decision, GateCounts } from '../../apps/inventory/src/adapters/redis/gate/decisions';
import { GATE_SETTINGS } from '../../apps/inventory/src/adapters/redis/gate/gate-settings';
import { RedisGate } from '../../apps/inventory/src/adapters/redis/gate/redis-gate';
import type { GateQuery } from '../../apps/inventory/src/application/ports/gate.port';
import type { LaneNews } from '../../apps/inventory/src/application/ports/ledger.port';
import { NONE_PENDING } from './ask-gate';
import { type DropInRedis, readDrop } from './gate-keys';
import { BreakableRedis, LedgerOfDrop, LedgerReader, type Lines } from './gate-model';

/** Somebody who wants something, under one key: asking again is a replay. */
export interface Wish {
  drop: number;
  customer: number;
  lines: Lines;
}

export type Step =
  | { kind: 'place'; by: number; wishes: number[] }
  /** `n` picks one of those there are. */
  | { kind: 'commit' | 'tell' | 'answer' | 'lose' | 'withdraw'; n: number }
  | { kind: 'end'; by: number; n: number; told: boolean }
  | { kind: 'stream'; by: number; drop: number; back: number }
  /** A newcomer asks again and again, until there is an answer. */
  | { kind: 'patient'; by: number; drop: number }
  /** All who have units ask again. */
  | { kind: 'replay'; by: number }
  | { kind: 'reconcile' | 'slow' | 'let-go' | 'cut' | 'stall' | 'lose-reply' | 'mend'; by: number }
  | { kind: 'replace'; by: number; committed: boolean }
  | { kind: 'wipe' }
  | { kind: 'time'; ms: number };

/** A place that an instance has sent to the ledger. */
interface Trip {
  wish: number;
  by: number;
  process: RedisGate;
  /** What the ledger answers; an error when the lane waits no longer. */
  answer: Answer;
  sentAt: number;
  /** Null until the ledger has decided. */
  news: LaneNews | null;
  /** The lane waits no longer: the answer will not be told. */
  givenUpAt: number | null;
  /** Redis was wiped since. */
  wiped: boolean;
}

type Answer = (outcome: PlaceOutcome | Error) => void;

interface Instance {
  redis: BreakableRedis;
  reader: LedgerReader;
  gate: RedisGate;
  /** By drop: the step in which Redis took its last decision here. */
  sawAt: Map<number, number>;
  /** By drop and customer: the step in which they were served here while Redis could not be told. */
  untold: Map<string, number>;
}

const LANE_DEADLINE_MS = 2_500;
const COMMITS_AFTER_MS = 9_000; // below the gate's `doubtMs`, as the server's time-outs are
const SLICE_MS = 250;
const ASK_EVERY_MS = 100;
const PLACED: PlaceOutcome = { kind: 'key-reused' };
const LANE_IS_FULL: PlaceOutcome = { kind: 'busy', retryAfterSeconds: 1 };
// For places whose answers never come, and then for a gate that was lost.
const PATIENCE_MS = GATE_SETTINGS.inFlightMs + GATE_SETTINGS.graceMs + 500;

/** Plays a history on two instances with one Redis, and compares every decision with the ledger. Throws at the first wrong one. */
export class GateHistory {
  readonly clock = new TestClock(1_000_000);
  readonly drops: LedgerOfDrop[];
  /** How often each decision was taken. */
  readonly seen = { short: 0, wait: 0, ask: 0, unseen: 0 };
  private readonly instances: Instance[];
  private trips: Trip[] = [];
  private readonly asked = new Set<string>();
  /** Holds that may stay counted until their time is over: Redis could not be told of their end. */
  private readonly ghosts = new Set<string>();
  /** Wishes whose answer is never told, and which Redis had forgotten before. */
  private readonly unanswered = new Set<number>();
  /** All is told: nothing is left open any more. */
  private isOver = false;
  private step = 0;

  constructor(
    private readonly shared: RedisConnection,
    redises: readonly BreakableRedis[],
    units: readonly Record<string, number>[],
    private readonly wishes: Wish[],
    name: string,
  ) {
    this.drops = units.map((each, index) => new LedgerOfDrop(`${name}x${index}`, each));
    this.instances = redises.map((redis) => {
      const reader = new LedgerReader(this.drops);
      redis.mend();
      return { redis, reader, gate: this.newGate(redis, reader), sawAt: new Map(), untold: new Map() };
    });
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.step += 1;
      await this.happen(step);
      await this.settle();
      for (const index of this.drops.keys()) await this.expectCountsOfThoseUnderWay(index);
    }
    await this.endWell();
  }

  private async happen(step: Step): Promise<void> {
    switch (step.kind) {
      case 'place':
        return this.place(step.by, step.wishes);
      case 'patient':
        return this.askPatiently(step.drop % this.drops.length, step.by);
      case 'replay':
        return this.place(step.by, this.held());
      case 'commit':
      case 'answer':
      case 'tell':
      case 'lose':
      case 'withdraw':
        return this.goOn(step.kind, step.n);
      case 'end':
        return this.end(step);
      case 'stream':
        return this.stream(step);
      case 'reconcile':
        return this.reconcile(step.by);
      case 'slow':
        this.instances[step.by]!.reader.slow = true;
        return;
      case 'let-go':
        return this.instances[step.by]!.reader.letGo();
      case 'cut':
        return this.instances[step.by]!.redis.cut();
      case 'stall':
        return this.instances[step.by]!.redis.stall();
      case 'lose-reply':
        this.instances[step.by]!.redis.losesNextReply = true;
        return;
      case 'mend':
        return this.instances[step.by]!.redis.mend();
      case 'replace':
        return this.replace(step.by, step.committed);
      case 'wipe':
        for (const trip of this.trips) trip.wiped = true;
        await this.shared.client.flushall();
        return;
      case 'time':
        return this.pass(step.ms);
    }
  }

  // --- what happens ---

  private async place(by: number, wishes: readonly number[]): Promise<void> {
    for (const drop of this.drops.keys()) {
      const ofDrop = wishes.filter((wish) => this.wishes[wish]!.drop === drop);
      if (ofDrop.length > 0) await this.placeAt(drop, by, ofDrop);
    }
  }

  private async askPatiently(drop: number, by: number): Promise<void> {
    const wish = this.newcomer(drop, this.drops[drop]!.skus[0]!);
    for (let waitedMs = 0; ; waitedMs += ASK_EVERY_MS) {
      const [decision] = await this.placeAt(drop, by, [wish]);
      if (decision !== 'wait') return;
      check(waitedMs < PATIENCE_MS, `nobody in drop ${drop} hears anything from ${by}`);
      await this.pass(ASK_EVERY_MS);
    }
  }

  private async placeAt(drop: number, by: number, wishes: readonly number[]): Promise<Decision['kind'][]> {
    const instance = this.instances[by]!;
    const before = await this.read(drop);
    const countsBefore = { ...instance.gate.counts };
    const placed = await Promise.all(wishes.map((wish) => this.decide(instance.gate, wish)));
    await this.settle();
    const { counts } = instance.gate;
    // Whoever comes at the same time is let through in the same way.
    const unseen = counts.unseen > countsBefore.unseen;
    const looked = decisionsOf(counts) > decisionsOf(countsBefore);
    if (looked) instance.sawAt.set(drop, this.step);
    // Let through, perhaps, by a reply that was lost.
    if (counts.failedCalls > countsBefore.failedCalls)
      for (const wish of wishes) {
        this.ghosts.add(holdOf(wish));
        this.asked.add(this.customerOf(wish));
      }
    const after = await this.read(drop);
    this.expectNoMoreThanThereAre(drop, before, after);
    if (looked) {
      const sentOn = wishes.filter((_, index) => placed[index]!.kind === 'ask');
      this.expectFewProbes(sentOn, before, after);
    }
    return placed.map(({ kind, answer }, index) => {
      const wish = wishes[index]!;
      const decision = kind === 'ask' && unseen ? 'unseen' : kind;
      this.seen[decision] += 1;
      if (answer !== undefined) this.send(wish, by, answer, unseen);
      if (decision === 'short') this.expectNoHolder(wish, by);
      return decision;
    });
  }

  /** Whether a place goes to the ledger, where the history answers it. */
  private decide(gate: RedisGate, wish: number) {
    return new Promise<{ kind: 'ask' | 'short' | 'wait'; answer?: Answer }>((decided, wrong) => {
      const toLedger = () =>
        new Promise<PlaceOutcome>((resolve, reject) => {
          const answer: Answer = (it) => (it instanceof Error ? reject(it) : resolve(it));
          decided({ kind: 'ask', answer });
        });
      gate
        .place(this.query(wish), toLedger)
        .then(({ kind }) => decided({ kind: kind === 'refused' ? 'short' : 'wait' }), wrong);
    });
  }

  private send(wish: number, by: number, answer: Answer, unseen: boolean): void {
    const { gate: process, untold } = this.instances[by]!;
    if (unseen) untold.set(this.customerOf(wish), this.step);
    this.asked.add(this.customerOf(wish));
    const sentAt = this.clock.monotonicMs();
    this.trips.push({ wish, by, process, answer, sentAt, news: null, givenUpAt: null, wiped: false });
  }

  private async goOn(kind: 'commit' | 'answer' | 'tell' | 'lose' | 'withdraw', n: number): Promise<void> {
    const wanted = this.trips.filter(({ news, givenUpAt }) => {
      if (kind === 'commit') return news === null;
      if (kind === 'tell') return news !== null && givenUpAt === null;
      if (kind === 'withdraw') return news === null && givenUpAt === null;
      return givenUpAt === null;
    });
    const trip = wanted[n % Math.max(1, wanted.length)];
    if (trip === undefined) return;
    const { dropId } = this.query(trip.wish);
    if (kind === 'lose') return trip.process.doubt(dropId);
    if (kind === 'withdraw') {
      trip.answer(LANE_IS_FULL);
      await this.settle();
      return this.landed(trip);
    }
    // A batch that is sent again tells how the drop stands then.
    if (kind !== 'tell') await this.commit(trip);
    if (kind !== 'commit') await this.tell(trip);
  }

  private async commit(trip: Trip): Promise<void> {
    const { customer, lines, drop } = this.wishes[trip.wish]!;
    trip.news = await this.drops[drop]!.place(holdOf(trip.wish), nameOf(customer), lines);
  }

  private async tell(trip: Trip): Promise<void> {
    trip.process.learn(trip.news!);
    trip.answer(PLACED);
    await this.settle();
    this.landed(trip);
    if (!this.instances[trip.by]!.redis.reachesRedis && trip.news!.customers.length > 0)
      this.instances[trip.by]!.untold.set(this.customerOf(trip.wish), this.step);
  }

  private landed(trip: Trip): void {
    if (!this.instances[trip.by]!.redis.reachesRedis) this.ghosts.add(holdOf(trip.wish));
    this.trips = this.trips.filter((each) => each !== trip);
  }

  /** Its answer will never be told. */
  private forget(trip: Trip): void {
    if (trip.wiped) this.unanswered.add(trip.wish);
    this.ghosts.add(holdOf(trip.wish));
    this.trips = this.trips.filter((each) => each !== trip);
  }

  private async end({ by, n, told }: { by: number; n: number; told: boolean }): Promise<void> {
    const held = this.held();
    const wish = held[n % Math.max(1, held.length)];
    if (wish === undefined) return;
    const news = await this.drops[this.wishes[wish]!.drop]!.end(holdOf(wish));
    if (news !== null && told) this.instances[by]!.gate.learn(news);
  }

  private async stream({ by, drop, back }: { by: number; drop: number; back: number }): Promise<void> {
    const rows = [...this.drops[drop % this.drops.length]!.rows.values()].map(
      (states) => states[Math.max(0, states.length - 1 - back)]!,
    );
    await this.instances[by]!.gate.heal(rows, 'stream');
  }

  private async reconcile(by: number): Promise<void> {
    await this.instances[by]!.gate.heal(
      this.drops.flatMap((drop) => drop.newestRows()),
      'ledger',
    );
  }

  /** The process dies. What it had sent is carried out or not before the next one looks at the ledger. */
  private async replace(by: number, committed: boolean): Promise<void> {
    const instance = this.instances[by]!;
    for (const trip of this.trips.filter((each) => each.by === by)) {
      if (committed && trip.news === null) await this.commit(trip);
      this.forget(trip);
    }
    instance.redis.cut();
    instance.redis.mend();
    instance.reader.letGo();
    instance.gate = this.newGate(instance.redis, instance.reader);
  }

  private async pass(ms: number): Promise<void> {
    // A reading has a deadline, too.
    for (const { reader } of this.instances) reader.letGo();
    await this.settle();
    for (let left = ms; left > 0; left -= SLICE_MS) {
      this.clock.advance(Math.min(SLICE_MS, left));
      const now = this.clock.monotonicMs();
      for (const trip of this.trips) {
        if (trip.givenUpAt === null && now - trip.sentAt >= LANE_DEADLINE_MS) {
          trip.givenUpAt = now;
          trip.process.doubt(this.query(trip.wish).dropId);
          trip.answer(new Error('the lane gave up'));
        }
        if (trip.givenUpAt !== null && (trip.news !== null || now - trip.givenUpAt > COMMITS_AFTER_MS))
          this.forget(trip);
      }
    }
  }

  // --- what must hold ---

  /** Nobody who has a hold hears "sold out" for it, but in the cases that ADR 9 leaves open. */
  private expectNoHolder(wish: number, by: number): void {
    if (!this.drops[this.wishes[wish]!.drop]!.holds(holdOf(wish))) return;
    check(
      this.isLeftOpen(wish, by),
      `${this.customerOf(wish)} has ${holdOf(wish)} and hears "sold out" from ${by}`,
    );
  }

  private isLeftOpen(wish: number, by: number): boolean {
    if (this.isOver) return false;
    // Served by an instance that could not tell Redis, until that one, or the next in its place, has looked at Redis again.
    const { drop } = this.wishes[wish]!;
    const isUntold = this.instances.some(
      ({ untold, sawAt }, other) =>
        other !== by && (untold.get(this.customerOf(wish)) ?? -1) >= (sawAt.get(drop) ?? 0),
    );
    if (isUntold) return true;
    // Redis was wiped while the place was under way, and its answer is not told yet, or never: then until the ledger is looked at.
    return this.unanswered.has(wish) || this.trips.some((trip) => trip.wish === wish && trip.wiped);
  }

  /** Those whom Redis has let through now fit beside those who are counted, into the units that it believes in. */
  private expectNoMoreThanThereAre(drop: number, before: DropInRedis, after: DropInRedis): void {
    const now = this.clock.now();
    const units = new Map(before.units);
    const take = (hold: string) => {
      for (const { sku, quantity } of this.wishes[wishOf(hold)]!.lines)
        units.set(sku, (units.get(sku) ?? 0) - quantity);
    };
    for (const [hold, until] of before.deadlines) if (until > now) take(hold);
    for (const [hold, until] of after.deadlines) {
      if (before.deadlines.get(hold) === until) continue;
      take(hold);
      for (const { sku } of this.wishes[wishOf(hold)]!.lines)
        check(units.get(sku)! >= 0, `${hold} was let through beyond the units of ${sku} in drop ${drop}`);
    }
  }

  /** Of those who never asked before, only a few are sent on without being counted: when a row is old enough to be tried out. */
  private expectFewProbes(sentOn: readonly number[], before: DropInRedis, after: DropInRedis): void {
    const counted = new Set([...after.packed].map((hold) => this.customerOf(wishOf(hold))));
    const uncounted = new Set(sentOn.map((wish) => this.customerOf(wish)));
    for (const customer of uncounted)
      if (this.asked.has(customer) || counted.has(customer)) uncounted.delete(customer);
    check(uncounted.size <= before.old.size, `${[...uncounted].join()} go to the ledger uncounted`);
  }

  /** What is counted is what is under way, or could not be told of its end. */
  private async expectCountsOfThoseUnderWay(drop: number): Promise<void> {
    const { inFlight, deadlines, packed } = await this.read(drop);
    const sum = new Map<string, number>();
    for (const hold of packed) {
      const reason = this.ghosts.has(hold) || this.trips.some((trip) => holdOf(trip.wish) === hold);
      check(reason, `${hold} is counted and not under way`);
      check(deadlines.has(hold), `${hold} is counted for ever`);
      for (const { sku, quantity } of this.wishes[wishOf(hold)]!.lines)
        sum.set(sku, (sum.get(sku) ?? 0) + quantity);
    }
    for (const [sku, units] of inFlight)
      check(units === (sum.get(sku) ?? 0), `${units} of ${sku} are counted, not ${sum.get(sku) ?? 0}`);
  }

  /** All that is under way is told or given up, and the ledger is compared: then the gate knows as much as the ledger. */
  private async endWell(): Promise<void> {
    for (const by of this.instances.keys()) {
      this.instances[by]!.redis.mend();
      this.instances[by]!.reader.letGo();
    }
    await this.settle();
    while (this.trips.some(({ givenUpAt }) => givenUpAt === null)) await this.goOn('answer', 0);
    await this.pass(GATE_SETTINGS.doubtMs + GATE_SETTINGS.inFlightMs);
    this.isOver = true;
    for (const drop of this.drops.keys()) {
      for (const by of this.instances.keys()) await this.look(drop, by);
      for (const by of this.instances.keys()) await this.reconcile(by);
      // What the stream brings late changes nothing any more.
      for (const by of this.instances.keys()) await this.stream({ by, drop, back: 1 });
      await this.settle();
      await this.sellOut(drop);
      await this.expectNobodyForgotten(drop);
      const { inFlight, deadlines, packed } = await this.read(drop);
      const left = [...inFlight.values()].filter((units) => units !== 0);
      check(deadlines.size + packed.size + left.length === 0, `drop ${drop} counts what is not under way`);
    }
  }

  /** Somebody asks until the gate has looked at the ledger. */
  private async look(drop: number, by: number): Promise<void> {
    const wish = this.newcomer(drop, this.drops[drop]!.skus[0]!);
    for (let turn = 0; ; turn += 1) {
      const [decision] = await this.placeAt(drop, by, [wish]);
      for (const trip of this.trips) {
        trip.answer(LANE_IS_FULL);
        await this.settle();
        this.landed(trip);
      }
      if (decision === 'short' || (decision === 'ask' && this.instances[by]!.sawAt.get(drop) === this.step))
        return;
      check(turn < 100, `drop ${drop} lets everybody wait for ever at ${by}`);
      this.clock.advance(60);
    }
  }

  private async sellOut(drop: number): Promise<void> {
    const ledger = this.drops[drop]!;
    let sold = 0;
    for (const sku of ledger.skus) {
      while (ledger.available(sku) > 0) {
        const by = (sold += 1) % this.instances.length;
        const [decision] = await this.placeAt(drop, by, [this.newcomer(drop, sku)]);
        check(decision === 'ask', `a unit of ${sku} in drop ${drop} is not for sale: ${decision}`);
        await this.goOn('answer', 0);
        await this.settle();
      }
      for (const by of this.instances.keys()) {
        const [decision] = await this.placeAt(drop, by, [this.newcomer(drop, sku)]);
        // A SKU that never had units may have been taken out of its drop, which only the ledger knows.
        const isTold = decision === 'short' || ledger.total(sku) === 0;
        check(isTold, `${sku} is gone, and a newcomer hears ${decision} from ${by}`);
        if (decision === 'ask') await this.goOn('answer', 0);
        await this.settle();
      }
    }
  }

  private async expectNobodyForgotten(drop: number): Promise<void> {
    for (const wish of this.held().filter((each) => this.wishes[each]!.drop === drop))
      for (const by of this.instances.keys()) {
        await this.placeAt(drop, by, [wish]);
        while (this.trips.length > 0) await this.goOn('answer', 0);
      }
  }

  // --- helpers ---

  private newcomer(drop: number, sku: string): number {
    this.wishes.push({ drop, customer: 1_000 + this.wishes.length, lines: [{ sku, quantity: 1 }] });
    return this.wishes.length - 1;
  }

  /** Wishes that the ledger has granted, also those whose hold has ended since. */
  private held(): number[] {
    return this.wishes.flatMap(({ drop }, wish) => (this.drops[drop]!.holds(holdOf(wish)) ? [wish] : []));
  }

  private query(wish: number): GateQuery {
    const { drop, customer, lines } = this.wishes[wish]!;
    const { dropId } = this.drops[drop]!;
    return { dropId, customerId: nameOf(customer), lines, holdId: () => holdOf(wish) };
  }

  private customerOf(wish: number): string {
    const { drop, customer } = this.wishes[wish]!;
    return `${drop} ${nameOf(customer)}`;
  }

  private newGate(redis: BreakableRedis, source: LedgerReader): RedisGate {
    // A busy machine must not look like a Redis that is away.
    const settings = { callDeadlineMs: 30_000, ...NONE_PENDING };
    return new RedisGate({ redis, clock: this.clock, source, logger: silentLogger(), settings });
  }

  /** Until nothing is on its way to Redis or back, and nobody is about to send something. */
  private async settle(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 3; quietTurns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!this.instances.every(({ redis }) => redis.isQuiet)) quietTurns = -1;
    }
  }

  private read(drop: number): Promise<DropInRedis> {
    return readDrop(this.shared, this.drops[drop]!.dropId, this.clock.now());
  }
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

const holdOf = (wish: number) => `h${wish}`;
const wishOf = (hold: string) => Number(hold.slice(1));
const nameOf = (customer: number) => `cus_${customer}`;

/** Those that Redis has taken. */
function decisionsOf({ asked, admitted, waited, short }: GateCounts): number {
  return asked + admitted + waited + short;
}
