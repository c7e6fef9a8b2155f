import { auditLedger } from '@holdfast/audit';
import { openPool, ROLES } from '@holdfast/postgres';
import { waitFor } from '@holdfast/testing';

/** The books of a test's ledger are in order; fails with the invariants that are broken. Waits a moment for the sweeper. */
export async function expectSoundBooks(url: string): Promise<void> {
  const pool = openPool({ url, role: ROLES.auditor, max: 1, name: 'test-audit' });
  let broken: unknown[] = [];
  try {
    await waitFor(
      'the books are in order',
      async () => {
        broken = (await auditLedger(pool)).filter((it) => it.broken > 0);
        return broken.length === 0;
      },
      { deadlineMs: 5_000, everyMs: 200 },
    ).catch(() => undefined);
  } finally {
    await pool.end();
  }
  expect(broken).toEqual([]);
}
