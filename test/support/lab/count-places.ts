import { onDatabase } from '../drops';

/**
 * Counts in the ledger itself how many commands to place a hold reach it, whatever the services say of themselves: a line is added to the
 * function that runs a batch. Returns a reader of the count so far.
 */
export async function countPlaces(databaseUrl: string): Promise<() => Promise<number>> {
  await onDatabase(databaseUrl, async (client) => {
    await client.query(
      'CREATE SEQUENCE public.lab_places; GRANT USAGE ON SEQUENCE public.lab_places TO PUBLIC',
    );
    const { rows } = await client.query<{ definition: string }>(
      `SELECT pg_get_functiondef('inventory.run_batch'::regproc) AS definition`,
    );
    const [before, ...after] = rows[0]!.definition.split('\nBEGIN\n');
    if (after.length !== 1) throw new Error('run_batch does not begin as it did');
    // A sequence, because it counts batches that were rolled back, too.
    const count = `PERFORM nextval('public.lab_places') FROM unnest(p_hold_ids);`;
    await client.query(`${before}\nBEGIN\n${count}\n${after[0]}`);
  });
  return () =>
    onDatabase(databaseUrl, async (client) => {
      const { rows } = await client.query<{ n: string }>(
        'SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM public.lab_places',
      );
      return Number(rows[0]!.n);
    });
}
