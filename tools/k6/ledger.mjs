// What the ledger and the provider's own books say about the drop of a run.
import { commandLine, holdfast } from './product.mjs';
import { acknowledged } from './verdict.mjs';

const SETTLE_MS = 60_000; // an outcome that the provider keeps to itself is settled within 15 s

/** Reads only; role auditor. $1 drop_id. One row. */
const LEDGER = `
SELECT
  (SELECT count(*)::int FROM inventory.hold WHERE drop_id = $1) AS holds,
  count(*) FILTER (WHERE state = 'paid')::int AS paid,
  count(*) FILTER (WHERE state IN ('pending', 'refunding'))::int AS pending,
  coalesce(sum(total_minor) FILTER (WHERE state = 'paid'), 0)::float8 AS owed_minor,
  coalesce(sum(charge.charges), 0)::int AS charges,
  count(charge.charges)::int AS charged_orders,
  coalesce(sum(charge.kept_minor), 0)::float8 AS kept_minor
FROM checkout.orders o
LEFT JOIN (SELECT order_id, count(*) AS charges, sum(captured_minor - refunded_minor) AS kept_minor
           FROM sandbox.charge WHERE state = 'captured' AND NOT is_refusal AND refunded_minor < captured_minor
           GROUP BY order_id) charge
  ON charge.order_id = o.order_id
WHERE o.drop_id = $1`;

const AUDITOR = 'holdfast_auditor';

/** Waits until every order of the drop has come to its end, then looks at everything once. */
export async function askLedger({ run, dropId, told, dataDir, signal }) {
  const { withLedger, ledgerNowMs, checkPromises } = commandLine();
  return await withLedger(run.databaseUrl, AUDITOR, async (pool) => {
    const read = async () => (await pool.query(LEDGER, [dropId])).rows[0];
    let ledger = await read();
    for (const end = Date.now() + SETTLE_MS; ledger.pending > 0 && Date.now() < end && !signal.aborted;) {
      await new Promise((done) => setTimeout(done, 500));
      ledger = await read();
    }
    const audit = await checkPromises(pool, dropId, acknowledged(told), await ledgerNowMs(pool));
    const { document: verify } = holdfast(['verify'], dataDir);
    return { ledger, audit, verify };
  });
}
