import { DROP_STATES, type DropState } from '@holdfast/contracts';
import { DROP_LIFECYCLE, dropStep, type DropStepName } from './drop-lifecycle';

const ACTIONS: DropStepName[] = ['schedule', 'open', 'pause', 'resume', 'close'];
const next = (state: DropState, action: DropStepName) =>
  (DROP_LIFECYCLE[state] as Partial<Record<DropStepName, DropState>>)[action];

describe('the life of a drop', () => {
  it('reaches every state from the two in which a drop is made', () => {
    const reached = new Set<DropState>(['draft', 'scheduled']);
    for (const state of reached) {
      for (const action of ACTIONS) {
        const to = next(state, action);
        if (to) reached.add(to);
      }
    }
    expect([...reached].sort()).toEqual([...DROP_STATES].sort());
  });

  it('never leads back to a draft and never out of closed', () => {
    expect(DROP_STATES.flatMap((state) => ACTIONS.map((action) => next(state, action)))).not.toContain(
      'draft',
    );
    expect(ACTIONS.filter((action) => next('closed', action) !== undefined)).toEqual([]);
  });

  it.each(ACTIONS)(
    '%s leads to one state, and its view from the action equals the one from the state',
    (action) => {
      const { from, to } = dropStep(action);
      expect(from).toEqual(DROP_STATES.filter((state) => next(state, action) !== undefined));
      for (const state of from) expect(next(state, action)).toBe(to);
    },
  );

  it('keeps exactly the steps that the plan names', () => {
    const steps = DROP_STATES.flatMap((state) =>
      ACTIONS.filter((action) => next(state, action)).map((a) => `${state} ${a}`),
    );
    expect(steps).toEqual([
      'draft schedule',
      'draft open',
      'scheduled schedule',
      'scheduled open',
      'scheduled close',
      'open pause',
      'open close',
      'paused resume',
      'paused close',
    ]);
  });
});
