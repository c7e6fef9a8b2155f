import type { Migration } from '@holdfast/postgres';

const CHARGES = `
CREATE SCHEMA IF NOT EXISTS sandbox;

CREATE TABLE sandbox.charge (
  reference text COLLATE "C" PRIMARY KEY,
  -- One charge of a key, whatever is sent twice.
  provider_key text COLLATE "C" NOT NULL UNIQUE,
  order_id text COLLATE "C",
  hold_id text COLLATE "C",
  drop_id text COLLATE "C",
  token text NOT NULL,
  state text NOT NULL CHECK (state IN ('processing', 'requires-action', 'authorized', 'captured', 'voided', 'declined')),
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency text NOT NULL,
  captured_minor bigint NOT NULL DEFAULT 0,
  refunded_minor bigint NOT NULL DEFAULT 0,
  refunds integer NOT NULL DEFAULT 0,
  return_path text NOT NULL DEFAULT '/',
  -- When a charge that is being processed will succeed.
  settles_at timestamptz,
  is_refusal boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT captured_once CHECK (captured_minor = CASE WHEN state = 'captured' THEN amount_minor ELSE 0 END),
  CONSTRAINT refunded_at_most_once CHECK (refunded_minor BETWEEN 0 AND captured_minor),
  CHECK (NOT is_refusal OR state = 'voided')
);
CREATE INDEX charge_of_hold ON sandbox.charge (hold_id);
CREATE INDEX charge_late ON sandbox.charge (settles_at) WHERE state = 'processing';

CREATE TABLE sandbox.refund (
  refund_key text COLLATE "C" PRIMARY KEY,
  reference text COLLATE "C" NOT NULL REFERENCES sandbox.charge,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);`;

const WEBHOOKS = `
-- What the shop has to be told. The body is kept as text, so that every delivery carries the same bytes.
CREATE TABLE sandbox.webhook (
  event_id text COLLATE "C" PRIMARY KEY DEFAULT 'evt_' || replace(gen_random_uuid()::text, '-', ''),
  body text NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  next_try_at timestamptz DEFAULT clock_timestamp(),
  delivered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX webhook_due ON sandbox.webhook (next_try_at) WHERE delivered_at IS NULL AND next_try_at IS NOT NULL;`;

const GRANTS = `
GRANT USAGE ON SCHEMA sandbox TO holdfast_sandbox, holdfast_auditor;
GRANT SELECT, INSERT, UPDATE ON sandbox.charge, sandbox.refund, sandbox.webhook TO holdfast_sandbox;
GRANT SELECT ON ALL TABLES IN SCHEMA sandbox TO holdfast_auditor;`;

/**
 * The sandbox provider's own books. They stand for another company's database: no statement of ours joins them with orders, except the
 * auditor's. Keys are the provider's own, so no drop stands in them.
 *
 * For those who check the books: money was taken exactly when `state = 'captured'`; `captured_minor` says how much, `refunded_minor` how much
 * of it went back in `refunds` refunds. Rows with `is_refusal` are no charges: they keep a cancelled key from ever becoming one.
 */
export const sandbox: Migration = {
  name: 'Sandbox1790000100002',
  statements: [CHARGES, WEBHOOKS, GRANTS],
};
