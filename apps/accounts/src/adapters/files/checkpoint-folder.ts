import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedCheckpoint } from '@holdfast/contracts';
import { CheckpointFiles } from '../../application/ports/checkpoint-files.port';

/** A file for each merchant, one checkpoint a line; written at the end only, so it can be on a medium that allows nothing else. */
export class CheckpointFolder extends CheckpointFiles {
  /** Files whose last line may have been cut off. */
  private readonly torn = new Set<string>();

  /** Null: none is wanted. */
  constructor(private readonly folder: string | null) {
    super();
  }

  async append(checkpoint: SealedCheckpoint): Promise<void> {
    if (this.folder === null) return;
    await mkdir(this.folder, { recursive: true });
    const { merchantId } = checkpoint;
    const file = await open(join(this.folder, `${merchantId}.ndjson`), 'a');
    try {
      // A line that a full disk has cut off must not spoil the next one: readers pass over empty lines.
      await file.appendFile(`${this.torn.has(merchantId) ? '\n' : ''}${JSON.stringify(checkpoint)}\n`);
      await file.sync();
      this.torn.delete(merchantId);
    } catch (error) {
      this.torn.add(merchantId);
      throw error;
    } finally {
      await file.close();
    }
  }
}
