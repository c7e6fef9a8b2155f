import { setTimeout as pause } from 'node:timers/promises';
import { seededRandomOf, weightedPicker } from '@holdfast/kernel';
import { payingShare, planShopper } from '@holdfast/load';
import { PatientClient } from './patient-client';
import { Shopper, type Visit } from './shopper';
import { Tally } from './tally';

export interface RushPlan {
  address: string;
  dropId: string;
  /** What shoppers ask for, weighted by what there is. */
  skus: readonly { sku: string; available: number }[];
  shoppers: number;
  unitsEach: number;
  /** Share of shoppers who pay, 0 to 1. */
  pay: number;
  concurrency: number;
  seed: number;
  passHeaders: () => Record<string, string>;
  interrupted: AbortSignal;
  onVisit: (visits: number) => void;
}

export interface RushOutcome {
  tally: Tally;
  seconds: number;
}

const STOP_MS = 2_000; // after Ctrl-C: what is on its way may still arrive

/** Sends all shoppers, `concurrency` of them at a time, each as soon as the one before has left. */
export async function runRush(plan: RushPlan): Promise<RushOutcome> {
  const tally = new Tally();
  const client = new PatientClient(plan.address, plan.concurrency, Math.random, plan.interrupted);
  const shopper = new Shopper(client, tally, plan.passHeaders);
  const started = performance.now();
  let next = 0;
  const oneAfterAnother = async () => {
    while (next < plan.shoppers && !plan.interrupted.aborted) {
      const index = next;
      next += 1;
      await shopper.visit(visitOf(plan, index));
      tally.visits += 1;
      plan.onVisit(tally.visits);
    }
  };
  const all = Promise.all(Array.from({ length: Math.min(plan.concurrency, plan.shoppers) }, oneAfterAnother));
  try {
    await Promise.race([all, interruptedFor(plan.interrupted, STOP_MS)]);
  } finally {
    await client.close();
    await all.catch(() => undefined);
  }
  return { tally, seconds: (performance.now() - started) / 1000 };
}

/** The same seed sends the same shoppers (those of k6, without their pauses), however many come at a time. */
export function visitOf({ seed, pay, skus, dropId, unitsEach }: RushPlan, index: number): Visit {
  const random = seededRandomOf(seed, index);
  const { intent } = planShopper(random, payingShare(pay));
  const sku = weightedPicker(skus, ({ available }) => available, random)()!.sku;
  return { dropId, sku, units: unitsEach, pays: intent === 'pays' };
}

/** Ends a while after the interruption; without one it never does. */
function interruptedFor(interrupted: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const later = () => void pause(ms).then(resolve);
    if (interrupted.aborted) later();
    else interrupted.addEventListener('abort', later, { once: true });
  });
}
