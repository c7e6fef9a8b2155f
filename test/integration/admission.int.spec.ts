import { NO_ADMISSION, NO_FIGURES } from '@holdfast/contracts';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { merchantCommand } from '../support/merchant-command';
import { openRehearsals, RUNNER, type TestRehearsals } from '../support/rehearsals';

const MERCHANT = 'mer_test';

/** How many new holds a minute a drop takes, as the ledger keeps it. */
describe('admission in the ledger', () => {
  let db: TestLedger;
  let it_: TestRehearsals;
  beforeAll(async () => {
    db = await createLedger('admission');
    for (const id of [MERCHANT, 'mer_other'])
      await onDatabase(db.url, (client) =>
        client.query('INSERT INTO inventory.merchant (merchant_id, name) VALUES ($1, $1)', [id]),
      );
    it_ = openRehearsals(db.url);
  });
  afterAll(async () => {
    await it_.close();
    await db.drop();
  });

  const set = (dropId: string, perMinute: number | null, from: string | null = null, merchantId = MERCHANT) =>
    it_.merchantDrops.changeAdmission({ ...merchantCommand(merchantId), dropId, perMinute, from });
  const facts = (dropId: string) =>
    onDatabase(db.url, async (client) => {
      const found = await client.query<{ change: object }>(
        `SELECT change FROM inventory.audit_outbox WHERE action = 'admission.changed' AND target ->> 'id' = $1 ORDER BY at`,
        [dropId],
      );
      return found.rows.map(({ change }) => change);
    });
  /** A rehearsal that has ended. */
  const rehearsed = async (dropId: string, state: 'done' | 'failed') => {
    const { id } = await it_.begin(dropId);
    await it_.runs.endRehearsal({
      ...{ rehearsalId: id, runner: RUNNER, state, verdict: state === 'done' ? 'go' : null, detail: '' },
      ...{ figures: NO_FIGURES, evidence: null },
    });
    return id;
  };

  it('is off by default, and a change is one revision and one fact', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: 5 } });
    const before = (await it_.records.find(dropId))!;
    expect(before.admission).toEqual(NO_ADMISSION);
    const outcome = await set(dropId, 120);
    expect(outcome).toMatchObject({
      kind: 'done',
      read: { drop: { admission: { perMinute: 120, from: null } } },
    });
    // Said again, also after a lost answer, it changes nothing.
    await set(dropId, 120);
    const after = (await it_.records.find(dropId))!;
    expect(after).toEqual({
      ...before,
      revision: before.revision + 1,
      admission: { perMinute: 120, from: null },
    });
    await set(dropId, null);
    expect((await it_.records.find(dropId))!.admission).toEqual(NO_ADMISSION);
    expect(await facts(dropId)).toEqual([
      { perMinute: 120, from: null },
      { perMinute: null, from: null },
    ]);
  });

  it('is from a rehearsal of this drop that is done, or from none', async () => {
    const [dropId, other] = [
      await insertDrop(db.url, { skus: { A: 5 } }),
      await insertDrop(db.url, { skus: { A: 5 } }),
    ];
    const done = await rehearsed(dropId, 'done');
    const failed = await rehearsed(dropId, 'failed');
    const theirs = await rehearsed(other, 'done');
    for (const from of [failed, theirs, 'reh_none', ''])
      expect([from, await set(dropId, 60, from)]).toMatchObject([
        from,
        { kind: 'invalid', errors: [{ pointer: '/from' }] },
      ]);
    expect(await facts(dropId)).toEqual([]);
    expect(await set(dropId, 60, done)).toMatchObject({ kind: 'done' });
    expect((await it_.records.find(dropId))!.admission).toEqual({ perMinute: 60, from: done });
  });

  it("is nobody else's: another merchant's drop and a ghost are unknown", async () => {
    const dropId = await insertDrop(db.url, { skus: { A: 5 } });
    expect(await set(dropId, 60, null, 'mer_other')).toEqual({ kind: 'not-found' });
    const { id, ghostId } = await it_.begin(dropId);
    expect(await set(ghostId, 60)).toEqual({ kind: 'not-found' });
    expect((await it_.records.find(ghostId))!.admission).toEqual(NO_ADMISSION);
    await it_.runs.endRehearsal({
      ...{ rehearsalId: id, runner: RUNNER, state: 'stopped', verdict: null, detail: '' },
      ...{ figures: NO_FIGURES, evidence: null },
    });
  });
});
