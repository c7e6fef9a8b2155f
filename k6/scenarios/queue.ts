// All shoppers are there at the opening. Who is refused waits and tries again; being asked to wait is no fault here.
import { loadTest } from '../lib/run.ts';

export const { handleSummary, options, setup, shop, watch } = loadTest({
  holdTriesMax: 5,
  waitsCount: false,
});
