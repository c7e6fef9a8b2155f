import type { Migration, MigrationSet } from '@holdfast/postgres';
import { sql } from '../sql/sql.generated';
import { holdIndexes } from './indexes';
import { ledger } from './1-ledger';
import { lane } from './2-lane';
import { factCounts } from './4-fact-counts';
import { outboxPurge } from './5-outbox-purge';
import { holdsOfCustomer } from './6-holds-of-customer';
import { networkBudget } from './7-network-budget';
import { returns } from './8-returns';
import { merchantChanges } from './10-merchant-changes';
import { products } from './11-products';
import { merchantDrops } from './12-merchant-drops';
import { stockAdjustments } from './13-stock-adjustments';
import { figures } from './14-figures';
import { factsChained } from './15-facts-chained';
import { shownStock } from './16-shown-stock';
import { requestTargets } from './17-request-targets';
import { rehearsals } from './19-rehearsals';
import { figuresByMinute } from './20-figures-by-minute';
import { admission } from './21-admission';

/** It defined functions or indexes only, which the function files and `indexes.ts` do now. The number stays taken. */
const takenNumber = (name: string): Migration => ({ name, statements: [] });

export const inventoryMigrations: MigrationSet = {
  schema: 'inventory',
  migrations: [
    ledger,
    lane,
    takenNumber('StockNews1790000000003'),
    factCounts,
    outboxPurge,
    holdsOfCustomer,
    networkBudget,
    returns,
    takenNumber('HoldPurge1790000000009'),
    merchantChanges,
    products,
    merchantDrops,
    stockAdjustments,
    figures,
    factsChained,
    shownStock,
    requestTargets,
    takenNumber('Timeline1790000000018'),
    rehearsals,
    figuresByMinute,
    admission,
  ],
  indexes: holdIndexes,
  functionSchemas: ['inventory'],
  functions: [
    sql.defineDropState,
    sql.defineHoldHelpers,
    sql.defineNetworkBudgets,
    sql.defineWalkPlaces,
    sql.definePlaceHolds,
    sql.defineEndHolds,
    sql.defineRunBatch,
    sql.defineRetakeHold,
    sql.defineReturnHold,
    sql.defineMovementImage,
    sql.defineAdjustStock,
    sql.defineReleaseForMerchant,
    sql.definePurgeHolds,
    sql.defineGhosts,
    sql.defineNoteSoldOut,
    sql.defineTickSums,
    sql.defineFoldTicks,
    sql.defineTimelineHorizon,
    sql.defineRowPolicies,
    sql.defineShowStock,
  ],
  grants: sql.grantFunctions,
};
