import type { ProductPart } from '@holdfast/contracts';

export interface ReadProductFile {
  /** What an import takes of it. */
  counts: { products: number; skus: number; units: number };
  /** How many rows are bad. */
  bad: number;
  /** JSON arrays, as text: a file may have a hundred thousand of either. */
  rejected: string;
  notes: string;
}

export interface OpenProductFile extends ReadProductFile {
  /** In order; to be read once. */
  parts(): AsyncIterable<ProductPart>;
  /** To be called in any case. */
  close(): void;
}

export interface ProductFileOptions {
  /** Of all prices. */
  currency: string;
  includeHidden: boolean;
}

/** Reads product exports without stopping the process meanwhile. */
export abstract class ProductFiles {
  /** Throws `ServiceUnavailable` when too many others are being read. */
  abstract open(file: Buffer, options: ProductFileOptions): Promise<OpenProductFile>;
}
