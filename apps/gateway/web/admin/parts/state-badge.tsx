import type { DropState } from '../../shared/types';
import { STATE_WORDS } from '../state/drop-steps';

export function StateBadge({ state }: { state: DropState }) {
  return <span class={`badge badge-${state}`}>{STATE_WORDS[state]}</span>;
}
