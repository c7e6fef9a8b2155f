import type { KeyObject } from 'node:crypto';
import {
  type AuditCheckpoint,
  type AuditKey,
  auditKeyOf,
  type SealedCheckpoint,
  signCheckpoint,
} from '@holdfast/contracts';
import { type ChainEnd, CheckpointSigner } from '../../application/ports/checkpoint-signer.port';
import { derivedKey } from './derived-key';

/** With another secret (docs/runbooks) checkpoints have another key; those of before are checked with the keys that were published then. */
export class DerivedCheckpointSigner extends CheckpointSigner {
  private readonly privateKey: KeyObject;
  private readonly key: AuditKey;

  constructor(accountsKey: string) {
    super();
    this.privateKey = derivedKey(accountsKey, 'holdfast audit checkpoints');
    this.key = auditKeyOf(this.privateKey);
  }

  sign(end: ChainEnd): AuditCheckpoint {
    return signCheckpoint({ ...end, keyId: this.key.kid }, this.privateKey);
  }

  seal(end: ChainEnd): SealedCheckpoint {
    return signCheckpoint({ ...end, keyId: this.key.kid, publicKey: this.key.x }, this.privateKey);
  }

  keys(): AuditKey[] {
    return [this.key];
  }
}
