// A constant number of new shoppers a second, each of whom asks for a hold.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest({ allHold: true });
