// Shoppers come second by second as they came to an earlier drop.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest();
