import type { Migration } from '@holdfast/postgres';

const STEPS = `
ALTER TABLE checkout.orders
  DROP CONSTRAINT orders_step_check,
  ADD CONSTRAINT orders_step_check CHECK (step IN ('extending', 'authorising', 'awaiting', 'confirming', 'retaking', 'capturing', 'giving',
    'returning', 'voiding', 'yielding', 'releasing', 'refunding', 'paid', 'failed', 'refunded')),
  -- Nobody is asked for the money, so there must be none.
  ADD CONSTRAINT nothing_to_pay CHECK (provider <> 'none' OR total_minor = 0);`;

/** Two ways to an end: an order of 0 is given without a provider, and sold units whose money never came are returned. */
export const orderEnds: Migration = {
  name: 'OrderEnds1790000100003',
  statements: [STEPS],
};
