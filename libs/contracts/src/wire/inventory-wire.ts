import { dropIdOf } from '@holdfast/kernel';
import { z } from 'zod';
import { dropRecordSchema, dropSummarySchema } from '../drop';
import { listDropsSchema } from '../drops.port';
import {
  confirmOutcomeSchema,
  extendOutcomeSchema,
  type HoldRef,
  holdRefSchema,
  holdSchema,
  payForHoldSchema,
  placeHoldSchema,
  placeOutcomeSchema,
  releaseOutcomeSchema,
  retakeOutcomeSchema,
  returnOutcomeSchema,
  yieldOutcomeSchema,
} from '../hold';
import {
  adjustStockOutcomeSchema,
  adjustStockSchema,
  listAdjustmentsSchema,
  listDropHoldsSchema,
  ofMerchantSchema,
  releaseByMerchantOutcomeSchema,
  releaseByMerchantSchema,
  stockAdjustmentSchema,
} from '../merchant-stock';
import type { InventoryCalls } from '../roles';
import { listHoldsSchema } from '../shopper-holds.port';
import { shortageSchema } from '../shortage';
import { stockRowSchema } from '../stock-view.port';
import { anyId, fingerprintToWire, pageOf } from '../values';
import { FIGURES_WIRE } from './figures-wire';
import { CHANGE_FACTS_WIRE } from './change-facts-wire';
import { MERCHANT_DROPS_WIRE } from './merchant-drops-wire';
import { PRODUCTS_WIRE } from './products-wire';
import { REHEARSALS_WIRE } from './rehearsals-wire';
import { DROP_TIMELINE_WIRE } from './timeline-wire';
import type { WireTable } from './wire-table';

const ofHold = {
  input: [holdRefSchema] as [typeof holdRefSchema],
  home: ({ holdId }: HoldRef) => dropIdOf(holdId),
};
const ofOrder = { ...ofHold, input: [payForHoldSchema] as [typeof payForHoldSchema] };
const inDrop = ({ dropId }: { dropId: string }) => dropId;
const ofDrop = { input: [anyId] as [typeof anyId], home: (dropId: string) => dropId };

/**
 * Every call to inventory as it travels between the services. The home of a call is the drop that it is
 * about: one instance, whose lanes then batch what all gateways want of the drop.
 */
export const INVENTORY_WIRE: WireTable<InventoryCalls> = {
  placeHold: {
    input: [placeHoldSchema],
    answer: placeOutcomeSchema,
    home: ({ dropId }) => dropId,
    pack: (command) => [fingerprintToWire(command)],
  },
  releaseHold: { ...ofHold, answer: releaseOutcomeSchema },
  getHold: { ...ofHold, answer: holdSchema.nullable() },
  listHolds: { input: [listHoldsSchema], answer: pageOf(holdSchema), home: ({ dropId }) => dropId },
  extendHold: { ...ofOrder, answer: extendOutcomeSchema },
  confirmHold: { ...ofOrder, answer: confirmOutcomeSchema },
  yieldHold: { ...ofOrder, answer: yieldOutcomeSchema },
  releaseForOrder: { ...ofOrder, answer: releaseOutcomeSchema },
  retakeHold: { ...ofOrder, answer: retakeOutcomeSchema },
  returnHold: { ...ofOrder, answer: returnOutcomeSchema },
  listDrops: { input: [listDropsSchema], answer: pageOf(dropSummarySchema) },
  getDrop: { ...ofDrop, answer: dropRecordSchema.nullable() },
  shortageOf: { ...ofDrop, answer: shortageSchema.nullable() },
  stockOf: { ...ofDrop, answer: z.array(stockRowSchema) },
  ...MERCHANT_DROPS_WIRE,
  ...PRODUCTS_WIRE,
  ...FIGURES_WIRE,
  ...CHANGE_FACTS_WIRE,
  ...DROP_TIMELINE_WIRE,
  ...REHEARSALS_WIRE,
  merchantOfDrop: { ...ofDrop, answer: z.string().nullable() },
  knownGhosts: { input: [z.array(anyId).max(2_000)], answer: z.array(z.string()) },
  ownsDrop: { input: [ofMerchantSchema], answer: z.boolean(), home: inDrop },
  adjustStock: { input: [adjustStockSchema], answer: adjustStockOutcomeSchema, home: inDrop },
  listAdjustments: {
    input: [listAdjustmentsSchema],
    answer: pageOf(stockAdjustmentSchema).nullable(),
    home: inDrop,
  },
  listDropHolds: { input: [listDropHoldsSchema], answer: pageOf(holdSchema).nullable(), home: inDrop },
  releaseByMerchant: {
    input: [releaseByMerchantSchema],
    answer: releaseByMerchantOutcomeSchema,
    home: ({ holdId }) => dropIdOf(holdId),
  },
};
