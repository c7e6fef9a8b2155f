// Shoppers come at a constant rate for a long time.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest();
