import {
  changeAdmissionSchema,
  changeDropSchema,
  createDropSchema,
  deleteDropOutcomeSchema,
  deleteDropSchema,
  dropCommandSchema,
  listMerchantDropsSchema,
  merchantDropOutcomeSchema,
  merchantDropReadSchema,
  merchantDropRefSchema,
  type MerchantDrops,
  merchantDropSummarySchema,
  scheduleDropSchema,
  stepDropSchema,
} from '../merchant-drops.port';
import { pageOf } from '../values';
import type { WireTable } from './wire-table';

/** Thousands of items are written in slices of a fifth of a second each, and the machine may be busy. */
const ITEMS_DEADLINE_MS = 15_000;

const home = ({ dropId }: { dropId: string }) => dropId;
const ofItems = { alone: true, deadlineMs: ITEMS_DEADLINE_MS } as const; // a body may have 2 MiB

export const MERCHANT_DROPS_WIRE: WireTable<MerchantDrops> = {
  listMerchantDrops: { input: [listMerchantDropsSchema], answer: pageOf(merchantDropSummarySchema) },
  getMerchantDrop: { input: [merchantDropRefSchema], answer: merchantDropReadSchema.nullable(), home },
  createMerchantDrop: { input: [createDropSchema], answer: merchantDropOutcomeSchema, ...ofItems },
  changeMerchantDrop: { input: [changeDropSchema], answer: merchantDropOutcomeSchema, home, ...ofItems },
  scheduleMerchantDrop: { input: [scheduleDropSchema], answer: merchantDropOutcomeSchema, home },
  stepMerchantDrop: { input: [stepDropSchema], answer: merchantDropOutcomeSchema, home },
  changeAdmission: { input: [changeAdmissionSchema], answer: merchantDropOutcomeSchema, home },
  duplicateMerchantDrop: { input: [dropCommandSchema], answer: merchantDropOutcomeSchema, home, ...ofItems },
  deleteMerchantDrop: { input: [deleteDropSchema], answer: deleteDropOutcomeSchema, home },
};
