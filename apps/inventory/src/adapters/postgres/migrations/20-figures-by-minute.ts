import type { Migration } from '@holdfast/postgres';

const TABLE = `
-- What all gateways answered for a drop in one minute: the ticks of it, added up when they are a week old (define-fold-ticks.sql).
CREATE TABLE inventory.tick_minute (
  drop_id text COLLATE "C" NOT NULL,
  minute timestamptz NOT NULL CHECK (minute = date_trunc('minute', minute, 'UTC')),
  arrivals bigint NOT NULL CHECK (arrivals >= 0),
  refusals jsonb NOT NULL,
  latencies jsonb NOT NULL,
  -- Readers of the live counts at the moment with most of them.
  readers integer NOT NULL CHECK (readers >= 0),
  PRIMARY KEY (drop_id, minute)
);
GRANT SELECT, INSERT ON inventory.tick_minute TO holdfast_inventory;
GRANT SELECT ON inventory.tick_minute TO holdfast_auditor;`;

/** Figures of drops that are older than a week: a row for each minute instead of one for each gateway and second. */
export const figuresByMinute: Migration = {
  name: 'FiguresByMinute1790000000020',
  statements: [TABLE],
};
