import type { DropAction, NewDrop } from '@holdfast/contracts';
import { dropStep } from '../../../domain/drop-lifecycle';
import type { Fact } from '../merchants/merchant-changes';

const STEP_FACTS: Record<DropAction, string> = {
  open: 'drop.opened',
  pause: 'drop.paused',
  resume: 'drop.resumed',
  close: 'drop.closed',
};

export function stepFact(action: DropAction, dropId: string): Fact {
  return {
    action: STEP_FACTS[action],
    target: { kind: 'drop', id: dropId },
    change: { state: dropStep(action).to },
  };
}

export function factOf(
  what: 'created' | 'changed' | 'scheduled' | 'duplicated' | 'deleted',
  dropId: string,
  change: object,
): Fact {
  return { action: `drop.${what}`, target: { kind: 'drop', id: dropId }, change };
}

/** Items by the thousand have no place in the audit. */
export function summaryOf({ name, opensAt, closesAt, items }: NewDrop): object {
  return { name, opensAt, closesAt, ...countsOf(items.map(({ units }) => units)) };
}

export function countsOf(units: readonly number[]): object {
  return { skus: units.length, units: units.reduce((sum, each) => sum + each, 0) };
}
