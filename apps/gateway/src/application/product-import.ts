import type { ImportProductsOutcome, MerchantCommand, Products } from '@holdfast/contracts';
import type { ProductFileOptions, ProductFiles, ReadProductFile } from './ports/product-files.port';

export interface ImportCommand extends ProductFileOptions {
  bytes: Buffer;
  /** SHA-256 of the bytes. */
  fingerprint: string;
  importId: string;
  dryRun: boolean;
  /** Leave bad rows out instead of refusing the file. */
  skipBad: boolean;
  command: MerchantCommand;
}

export type ImportOutcome =
  | (Extract<ImportProductsOutcome, { kind: 'imported' }> & { read: ReadProductFile })
  | { kind: 'invalid'; read: ReadProductFile }
  | Exclude<ImportProductsOutcome, { kind: 'imported' }>;

/** Imports a product export into the catalogue: it is read here, and handed over in parts that are small enough to disturb nobody. */
export class ProductImport {
  constructor(
    private readonly files: ProductFiles,
    private readonly products: Products,
  ) {}

  async run({
    bytes,
    fingerprint,
    importId,
    dryRun,
    skipBad,
    command,
    ...options
  }: ImportCommand): Promise<ImportOutcome> {
    const { parts, close, ...read } = await this.files.open(bytes, options);
    try {
      if (read.bad > 0 && (!skipBad || read.counts.skus === 0)) return { kind: 'invalid', read };
      const { merchantId } = command;
      let number = 0;
      for await (const part of parts()) {
        await this.products.stageProducts({ merchantId, importId, number, part });
        number += 1;
      }
      const outcome = await this.products.importProducts({
        ...command,
        importId,
        parts: number,
        dryRun,
        file: fingerprint,
      });
      return outcome.kind === 'imported' ? { ...outcome, read } : outcome;
    } finally {
      close();
    }
  }
}
