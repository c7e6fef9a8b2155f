import type { ProductPart } from '@holdfast/contracts';
import { readProductFile } from '../../apps/gateway/src/adapters/imports/read-product-file';
import {
  type OpenProductFile,
  type ProductFileOptions,
  ProductFiles,
} from '../../apps/gateway/src/application/ports/product-files.port';

/** Reads files in this thread: the product's threads need its build. */
export class InlineProductFiles extends ProductFiles {
  override open(file: Buffer, options: ProductFileOptions): Promise<OpenProductFile> {
    const { read, parts } = readProductFile(file, options);
    return Promise.resolve({ ...read, parts: () => inTurn(parts), close: () => undefined });
  }
}

async function* inTurn(parts: Iterator<ProductPart>): AsyncGenerator<ProductPart> {
  for (let next = parts.next(); !next.done; next = parts.next()) yield await Promise.resolve(next.value);
}
