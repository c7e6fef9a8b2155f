import type { MigrationSet } from '@holdfast/postgres';
import { sql } from '../sql/sql.generated';
import { accounts } from './1-accounts';
import { auditChain } from './2-audit-chain';
import { checkpointOrder } from './3-checkpoint-order';

/** The schema of accounts. It stands on no other. */
export const accountsMigrations: MigrationSet = {
  schema: 'accounts',
  migrations: [accounts, auditChain, checkpointOrder],
  functionSchemas: ['accounts'],
  functions: [sql.defineFindMerchant, sql.defineRevoke, sql.definePurge, sql.defineAudit],
  grants: sql.grantFunctions,
};
