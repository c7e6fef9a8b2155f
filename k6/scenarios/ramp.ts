// Shoppers come at a rate that rises evenly from nothing.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest();
