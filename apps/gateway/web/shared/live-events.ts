import type { Drop, Shown } from './types';

/** What a page receives about its drop. */
export interface LiveListener {
  snapshot(drop: Drop): void;
  stock(items: ({ sku: string } & Shown)[]): void;
  details(drop: Partial<Drop>): void;
  freshness(stale: boolean): void;
  serverTime(time: string): void;
  /** `lost` is reported after a grace period, not for a short interruption. `connecting`: the page is hidden, so nothing is read. */
  line(state: 'live' | 'lost' | 'connecting'): void;
  /** Another tab reads the stream: fetch what was missed. */
  catchUp(): void;
}

export const EVENTS = ['snapshot', 'stock', 'drop', 'stale', 'fresh', 'heartbeat'] as const;

/** One event of the stream or a change of its connection, also as broadcast to other tabs. */
export type Told =
  { kind: 'event'; event: (typeof EVENTS)[number]; data: unknown } | { kind: 'line'; state: 'live' | 'lost' };

export function tell(listener: LiveListener, told: Told): void {
  if (told.kind === 'line') return listener.line(told.state);
  const { event, data } = told;
  switch (event) {
    case 'snapshot':
      return listener.snapshot(data as Drop);
    case 'stock':
      return listener.stock((data as { items: ({ sku: string } & Shown)[] }).items);
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
