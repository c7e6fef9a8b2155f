import type { DropAction, DropActionOutcome } from '@holdfast/contracts';
import { dropStep } from '../../domain/drop-lifecycle';
import type { DropScope, DropStore } from '../ports/drop-store.port';
import { COMMAND_LINE } from './create';

/** The drop may change between a refused action and reading the reason; the action is then retried. */
const ACT_TRIES = 3;

/** Opens, pauses, resumes or closes a drop, as the operator. */
export async function actOnDrop(
  store: DropStore,
  scope: DropScope,
  dropId: string,
  action: DropAction,
): Promise<DropActionOutcome> {
  const { from, to } = dropStep(action);
  for (let tries = 1; ; tries += 1) {
    const done = await store.step(scope, dropId, { action, from, to }, COMMAND_LINE);
    const found = await store.find(scope, dropId);
    if (!found) return { kind: 'not-found' };
    if (done) return { kind: 'done', result: found };
    if (!from.includes(found.drop.state) || tries >= ACT_TRIES)
      return { kind: 'illegal', state: found.drop.state };
  }
}
