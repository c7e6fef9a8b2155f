import type { Migration } from '@holdfast/postgres';

const ORDERS = `
CREATE TABLE checkout.orders (
  drop_id text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  customer_id text COLLATE "C" NOT NULL,
  hold_id text COLLATE "C" NOT NULL,
  -- SHA-256 of the request body: the same key with another body is misuse, not a replay.
  fingerprint text COLLATE "C" NOT NULL,
  -- Order and attempt make the provider's key: a declined card may be followed by another one.
  attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
  -- The recovery point: what has to be done next, committed before it is done.
  step text NOT NULL CHECK (step IN ('extending', 'authorising', 'awaiting', 'confirming', 'retaking', 'capturing', 'voiding',
    'yielding', 'releasing', 'refunding', 'paid', 'failed', 'refunded')),
  state text NOT NULL GENERATED ALWAYS AS
    (CASE WHEN step IN ('paid', 'failed', 'refunding', 'refunded') THEN step ELSE 'pending' END) STORED,
  provider text NOT NULL,
  token text NOT NULL,
  email text NOT NULL,
  lines jsonb NOT NULL,
  total_minor bigint NOT NULL CHECK (total_minor >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  payment_state text NOT NULL DEFAULT 'pending'
    CHECK (payment_state IN ('pending', 'requires-action', 'authorized', 'captured', 'declined', 'voided', 'refunded')),
  reference text COLLATE "C",
  next_action_url text,
  reason text,
  -- The end of the hold with its payment window, and the moment shortly before it at which the payment is given up.
  payable_until timestamptz,
  give_up_at timestamptz,
  -- When a completer looks at the order again; far enough away while somebody drives it. Null when it is settled.
  next_check_at timestamptz,
  tries integer NOT NULL DEFAULT 0,
  wakes integer NOT NULL DEFAULT 0,
  -- The first 2xx answer of the key, byte for byte.
  answer_status integer CHECK (answer_status IN (201, 202)),
  answer_body text,
  -- Milliseconds: what is shown and what cursors carry is all there is.
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, order_id),
  CHECK ((answer_status IS NULL) = (answer_body IS NULL)),
  CONSTRAINT settled_is_never_due CHECK ((step IN ('paid', 'failed', 'refunded')) = (next_check_at IS NULL)),
  CONSTRAINT paid_is_captured CHECK (step <> 'paid' OR payment_state = 'captured'),
  CONSTRAINT refund_follows_capture CHECK (step <> 'refunding' OR payment_state = 'captured')
) WITH (fillfactor = 70);
-- Nobody pays a hold twice, whatever the code believes.
CREATE UNIQUE INDEX order_active_of_hold ON checkout.orders (drop_id, hold_id) WHERE state IN ('pending', 'paid', 'refunding');
-- What the completer looks for.
CREATE INDEX order_due ON checkout.orders (drop_id, next_check_at) WHERE next_check_at IS NOT NULL;
-- A customer's own list, the one read over drops.
CREATE INDEX order_of_customer ON checkout.orders (customer_id, created_at DESC, order_id DESC);`;

const REFUNDS = `
-- Money that has to go back. Its key at the provider is the order's id, so there is never a second one.
CREATE TABLE checkout.refund (
  drop_id text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
  currency text NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  done_at timestamptz,
  PRIMARY KEY (drop_id, order_id),
  FOREIGN KEY (drop_id, order_id) REFERENCES checkout.orders,
  CHECK ((state = 'done') = (done_at IS NOT NULL))
);

-- Webhooks that were taken, by the provider's event id: a replay changes nothing.
CREATE TABLE checkout.webhook_inbox (
  drop_id text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  type text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, provider, event_id)
);
CREATE INDEX webhook_inbox_age ON checkout.webhook_inbox USING brin (received_at);`;

const STREAM = `
-- Facts for other services, at least once; purged by age, never inserted and deleted at once. Column names are those of Debezium's EventRouter.
CREATE TABLE checkout.outbox (
  drop_id text COLLATE "C" NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  aggregatetype text NOT NULL,
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (drop_id, id)
);
CREATE INDEX outbox_age ON checkout.outbox USING brin (created_at);

DO $$ BEGIN
  -- On a server of its own checkout has no publication yet.
  IF EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'holdfast_cdc') THEN
    ALTER PUBLICATION holdfast_cdc ADD TABLE checkout.outbox;
  ELSE
    CREATE PUBLICATION holdfast_cdc FOR TABLE checkout.outbox;
  END IF;
END $$;`;

const GRANTS = `
GRANT USAGE ON SCHEMA checkout TO holdfast_checkout, holdfast_cdc, holdfast_auditor;
-- No DELETE on anything that tells about money; outbox and inbox are purged by age.
GRANT SELECT, INSERT, UPDATE ON checkout.orders, checkout.refund TO holdfast_checkout;
GRANT SELECT, INSERT, DELETE ON checkout.outbox, checkout.webhook_inbox TO holdfast_checkout;
GRANT SELECT ON checkout.outbox TO holdfast_cdc;
GRANT SELECT ON ALL TABLES IN SCHEMA checkout TO holdfast_auditor;`;

/**
 * Orders, their refunds, the webhooks that were taken and the facts for other services.
 *
 * For those who check the books:
 * - `checkout.orders.state = 'paid'`: `total_minor` was captured in the attempt `attempt`, and the hold `hold_id` (or the one that was taken
 *   again for it) is confirmed for this order. `refunding`/`refunded`: it was captured, and a refund of it is on its way or done.
 * - The provider's record: `sandbox.charge` with `order_id`, `state = 'captured'`, `captured_minor`, `refunded_minor`. Each captured charge
 *   has a `paid` order with `total_minor = captured_minor` and nothing refunded, or a `refunded` order with `refunded_minor = captured_minor`;
 *   while an order is pending its charge may be captured ahead of it for a moment, and it is pending that counts.
 * - An order of 0 has the provider `none` and no charge. A confirmed hold of a `failed` order has its units in `inventory.returned`.
 * - `checkout.refund`: one row for each order that has to give money back, `state` pending or done.
 * - At most one order of a hold is pending, paid or refunding (index `order_active_of_hold`).
 */
export const orders: Migration = {
  name: 'Orders1790000100001',
  statements: [ORDERS, REFUNDS, STREAM, GRANTS],
};
