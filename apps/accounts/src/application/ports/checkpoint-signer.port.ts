import type { AuditCheckpoint, AuditKey, SealedCheckpoint } from '@holdfast/contracts';

export type ChainEnd = Pick<AuditCheckpoint, 'merchantId' | 'seq' | 'hash' | 'at'>;

/** Signs the ends of chains. Every instance signs with the same key. */
export abstract class CheckpointSigner {
  abstract sign(end: ChainEnd): AuditCheckpoint;
  /** With the key in what is signed. */
  abstract seal(end: ChainEnd): SealedCheckpoint;
  abstract keys(): AuditKey[];
}
