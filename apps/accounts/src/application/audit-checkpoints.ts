import { withDeadline } from '@holdfast/kernel';
import type { AccountsStore } from './ports/accounts-store.port';
import type { CheckpointFiles } from './ports/checkpoint-files.port';
import type { CheckpointSigner } from './ports/checkpoint-signer.port';

const CHANGED_SECONDS = 60;
const IDLE_SECONDS = 24 * 3600;
const FILE_MS_MAX = 2_000;

export interface CheckpointParts {
  store: AccountsStore;
  signer: CheckpointSigner;
  files: CheckpointFiles;
  /** A file could not be written; the checkpoint is due again. */
  onFileError: (error: unknown) => void;
}

/** Makes a checkpoint of each chain: in each minute in which it grew, and each day. */
export class AuditCheckpoints {
  constructor(private readonly parts: CheckpointParts) {}

  /** Returns how many it made. */
  async sealDue(): Promise<number> {
    let made = 0;
    for (const merchantId of await this.parts.store.merchantsToSeal(CHANGED_SECONDS, IDLE_SECONDS))
      if (await this.seal(merchantId)) made += 1;
    return made;
  }

  /** Written before it counts as made: what could not be written is due again. Two instances may both write; each line is true. */
  private async seal(merchantId: string): Promise<boolean> {
    const { store, signer, files, onFileError } = this.parts;
    const head = await store.within(merchantId, async ({ audit }) =>
      (await audit.isSealDue(CHANGED_SECONDS, IDLE_SECONDS)) ? audit.head() : null,
    );
    if (!head) return false;
    const checkpoint = signer.seal({ merchantId, seq: head.seq, hash: head.hash, at: head.now });
    try {
      // Not while the chain is locked: a folder on another machine may hang.
      await withDeadline('the file of checkpoints', FILE_MS_MAX, files.append(checkpoint));
    } catch (error) {
      onFileError(error);
      return false;
    }
    return store.within(merchantId, async ({ audit }) => {
      await audit.lock();
      if (!(await audit.isSealDue(CHANGED_SECONDS, IDLE_SECONDS))) return false; // another instance has made it
      await audit.keepCheckpoint(checkpoint);
      return true;
    });
  }
}
