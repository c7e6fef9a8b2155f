import { clock } from './server-clock';
import type { Drop, DropState } from './types';

/** The state by the server's clock: a scheduled drop opens, and an open one closes, by time alone. Drawn again each second where it is used. */
export function stateNow({
  state,
  opensAt,
  closesAt,
}: Pick<Drop, 'state' | 'opensAt' | 'closesAt'>): DropState {
  void clock.second.value;
  const now = clock.now();
  if (now === undefined) return state; // nothing is judged by the shopper's own clock
  if (state === 'closed' || (closesAt && Date.parse(closesAt) <= now)) return 'closed';
  return state === 'scheduled' && opensAt && Date.parse(opensAt) <= now ? 'open' : state;
}
