import type { SealedCheckpoint } from '@holdfast/contracts';

/** Where checkpoints go besides the database. */
export abstract class CheckpointFiles {
  /** Resolves when it is on the disk. */
  abstract append(checkpoint: SealedCheckpoint): Promise<void>;
}
