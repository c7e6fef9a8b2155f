import type { Counts, Drop } from './types';

/** What a page wants to know of its drop. */
export interface LiveListener {
  snapshot(drop: Drop): void;
  stock(items: ({ sku: string } & Counts)[]): void;
  details(drop: Partial<Drop>): void;
  freshness(stale: boolean): void;
  serverTime(time: string): void;
  /** `lost` only after a moment: a blink of the line is nobody's business. `connecting`: nobody looks at the page, so nothing is read. */
  line(state: 'live' | 'lost' | 'connecting'): void;
  /** Another tab reads the stream: what was missed has to be asked for. */
  catchUp(): void;
}

export const EVENTS = ['snapshot', 'stock', 'drop', 'stale', 'fresh', 'heartbeat'] as const;

/** One thing that the stream told, as it also travels to the tabs beside the one that reads. */
export type Told =
  { kind: 'event'; event: (typeof EVENTS)[number]; data: unknown } | { kind: 'line'; state: 'live' | 'lost' };

export function tell(listener: LiveListener, told: Told): void {
  if (told.kind === 'line') return listener.line(told.state);
  const { event, data } = told;
  switch (event) {
    case 'snapshot':
      return listener.snapshot(data as Drop);
    case 'stock':
      return listener.stock((data as { items: ({ sku: string } & Counts)[] }).items);
    case 'drop':
      return listener.details(data as Partial<Drop>);
    case 'stale':
      return listener.freshness(true);
    case 'fresh':
      return listener.freshness(false);
    case 'heartbeat':
      return listener.serverTime((data as { serverTime: string }).serverTime);
  }
}
