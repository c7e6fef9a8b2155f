import {
  Audit,
  type AuditCheckpoint,
  type AuditKey,
  type AuditLines,
  type AuditPage,
  type ListAudit,
  type SealedCheckpoint,
} from '@holdfast/contracts';
import type { AccountsStore } from './ports/accounts-store.port';
import type { ChainEnd, CheckpointSigner } from './ports/checkpoint-signer.port';

/** Of one answer to a gateway that streams an export: it keeps that much in memory for a reader who is slow. */
const PART_MAX = { records: 500, characters: 512 * 1024 } as const;
/** A record tells what was changed: of a drop of thousands of SKUs it has a megabyte, and a page may have 200 of them. */
const PAGE_BYTES_MAX = 1024 * 1024;

export class AuditService extends Audit {
  constructor(
    private readonly store: AccountsStore,
    private readonly signer: CheckpointSigner,
  ) {
    super();
  }

  listAudit({ merchantId, limit, ...filter }: ListAudit): Promise<AuditPage> {
    return this.store.within(merchantId, async ({ audit }) => {
      const { items, isLast } = await audit.list({ ...filter, limit, bytes: PAGE_BYTES_MAX });
      return { items, nextSeq: isLast ? null : items.at(-1)!.seq };
    });
  }

  async auditCheckpoint(merchantId: string): Promise<AuditCheckpoint> {
    return this.signer.sign(await this.endOf(merchantId));
  }

  async sealAudit(merchantId: string): Promise<SealedCheckpoint> {
    return this.signer.seal(await this.endOf(merchantId));
  }

  readAudit({
    merchantId,
    afterSeq,
    upToSeq,
  }: {
    merchantId: string;
    afterSeq: number;
    upToSeq: number;
  }): Promise<AuditLines> {
    return this.store.within(merchantId, async ({ audit }) => {
      const found = await audit.read(afterSeq, upToSeq, PART_MAX);
      const last = found.at(-1);
      const isEnd = !last || last.seq >= upToSeq;
      return { lines: found.map(({ line }) => line), nextSeq: isEnd ? null : last.seq };
    });
  }

  auditKeys(): Promise<AuditKey[]> {
    return Promise.resolve(this.signer.keys());
  }

  private endOf(merchantId: string): Promise<ChainEnd> {
    return this.store.within(merchantId, async ({ audit }) => {
      const { seq, hash, now: at } = await audit.head();
      return { merchantId, seq, hash, at };
    });
  }
}
