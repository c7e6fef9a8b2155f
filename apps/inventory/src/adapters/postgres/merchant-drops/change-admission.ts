import type { ChangeAdmission, DropRefusal, MerchantDropRead } from '@holdfast/contracts';
import type { PoolClient } from 'pg';
import { sql as dropsSql } from '../drops/sql/sql.generated';
import type { Worked } from '../merchants/merchant-changes';
import { sql as rehearsalsSql } from '../rehearsals/sql/sql.generated';

const NOT_DONE = { pointer: '/from', message: 'must be a rehearsal of this drop that is done' };

/** Sets the rate at which a drop takes new holds, in a transaction of `MerchantChanges`. */
export async function changeAdmission(
  client: PoolClient,
  { merchantId, dropId, perMinute, from }: ChangeAdmission,
): Promise<Worked<MerchantDropRead, DropRefusal>> {
  const locked = await client.query({ ...dropsSql.lockOwnDrop, values: [dropId, merchantId] });
  if (locked.rowCount === 0) return { kind: 'refused', reason: { kind: 'not-found' } };
  if (from !== null) {
    const found = await client.query({
      ...rehearsalsSql.findDoneRehearsal,
      values: [merchantId, dropId, from],
    });
    if (found.rowCount === 0) return { kind: 'refused', reason: { kind: 'invalid', errors: [NOT_DONE] } };
  }
  const set = await client.query({ ...dropsSql.setAdmission, values: [dropId, merchantId, perMinute, from] });
  const fact = {
    action: 'admission.changed',
    target: { kind: 'drop', id: dropId },
    change: { perMinute, from },
  };
  return { kind: 'done', target: dropId, facts: set.rowCount === 0 ? [] : [fact] };
}
