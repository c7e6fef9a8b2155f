import { auditHashOf, canonicalJson, type ChangeFact } from '@holdfast/contracts';

/** A fact as the next record of a chain. */
export interface Linked {
  seq: number;
  hash: string;
  factId: number;
  /** Canonical, without the hash. */
  json: string;
}

/** The records that continue a chain after `head`, one for each fact. */
export function linkFacts(head: { seq: number; hash: string }, facts: readonly ChangeFact[]): Linked[] {
  let { seq, hash } = head;
  return facts.map(({ factId, at, actor, action, target, change, requestId, address }) => {
    seq += 1;
    const about = { at, actor, action, target, change, requestId, address };
    const json = canonicalJson({ seq, ...about, previousHash: hash });
    hash = auditHashOf(hash, json);
    return { seq, hash, factId, json };
  });
}
