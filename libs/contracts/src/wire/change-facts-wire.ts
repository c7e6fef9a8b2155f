import { z } from 'zod';
import type { ChangeFact, ChangeFacts } from '../change-facts.port';
import { words } from '../values';
import type { WireTable } from './wire-table';

const FACTS_MAX = 10_000;
const factId = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

// Its fields are the service's own business: a fact that one version finds odd would keep all that come after it out of the chain.
const fact = z.custom<ChangeFact>((it) => {
  const { merchantId, factId: id, action } = (it ?? {}) as Partial<ChangeFact>;
  return typeof merchantId === 'string' && Number.isSafeInteger(id) && typeof action === 'string';
});

/** How accounts takes the facts of a service for the audit; in any instance. */
export const CHANGE_FACTS_WIRE: WireTable<ChangeFacts> = {
  factsToChain: { input: [z.int().min(1).max(FACTS_MAX)], answer: z.array(fact) },
  factsChained: { input: [z.array(factId).max(FACTS_MAX)], answer: words('marked') },
};
