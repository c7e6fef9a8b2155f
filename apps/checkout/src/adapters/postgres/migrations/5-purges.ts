import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The sandbox forgets what moved no money, and what it told the shop. Captured charges stay as long as their orders do: the books are compared
 * with them. Nobody has the right to delete a charge; this function has, and can name no captured one.
 */
export class Purges1790000100005 implements MigrationInterface {
  name = 'Purges1790000100005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [INDEXES, PURGE, GRANTS]) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('the ledger is never migrated down: restore a backup instead');
  }
}

const INDEXES = `
CREATE INDEX charge_age ON sandbox.charge USING brin (created_at);
CREATE INDEX webhook_age ON sandbox.webhook USING brin (created_at);`;

// Charges: a hold lives a day and its payment an hour, so after thirty no request for the key is on its way. Webhooks: a shop that was not there
// for a week has asked for the charge itself.
const PURGE = `
CREATE FUNCTION sandbox.purge(p_max integer)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  v_charges integer;
  v_webhooks integer;
BEGIN
  DELETE FROM sandbox.charge WHERE reference IN (
    SELECT c.reference FROM sandbox.charge c
    WHERE c.created_at < clock_timestamp() - interval '30 days' AND c.updated_at < clock_timestamp() - interval '30 days'
      AND c.state IN ('voided', 'declined') AND c.captured_minor = 0
    LIMIT p_max FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS v_charges = ROW_COUNT;
  DELETE FROM sandbox.webhook WHERE event_id IN (
    SELECT w.event_id FROM sandbox.webhook w WHERE w.created_at < clock_timestamp() - interval '7 days'
    LIMIT p_max FOR UPDATE SKIP LOCKED
  );
  GET DIAGNOSTICS v_webhooks = ROW_COUNT;
  RETURN v_charges + v_webhooks;
END
$$;`;

const GRANTS = `
REVOKE EXECUTE ON FUNCTION sandbox.purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sandbox.purge TO holdfast_sandbox;`;
