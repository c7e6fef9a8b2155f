// Most shoppers come in the first seconds after the opening.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest();
