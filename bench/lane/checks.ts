import { onDatabase } from '../../test/support/drops';

/** Reads the drop's truth back and says what is wrong: nothing, when the run counts. */
export async function faultsOf(url: string, dropId: string, acknowledged: number): Promise<string[]> {
  const { rows } = await onDatabase(url, (client) =>
    client.query(
      `SELECT s.total::int, s.available::int, s.held::int, s.sold::int,
         (SELECT count(*)::int FROM inventory.hold h WHERE h.drop_id = s.drop_id AND h.state = 'held') AS live,
         (SELECT coalesce(sum(units), 0)::int FROM inventory.customer_units c WHERE c.drop_id = s.drop_id) AS customers
       FROM inventory.stock s WHERE s.drop_id = $1`,
      [dropId],
    ),
  );
  const it = rows[0] as Record<'total' | 'available' | 'held' | 'sold' | 'live' | 'customers', number>;
  const faults: string[] = [];
  const expect = (what: string, is: number, wanted: number) => {
    if (is !== wanted) faults.push(`${dropId}: ${what} is ${is}, expected ${wanted}`);
  };
  expect('available + held + sold', it.available + it.held + it.sold, it.total);
  expect('holds in the ledger', it.live, it.held);
  expect('holds acknowledged', acknowledged, it.held);
  if (it.customers > 0) expect('units of customers', it.customers, it.held);
  return faults;
}
