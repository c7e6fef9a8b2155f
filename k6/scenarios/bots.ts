// An opening where two of five visitors are bots: no pauses, tokens of others, keys used twice, holds never paid.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest({ botShare: 0.4 });
