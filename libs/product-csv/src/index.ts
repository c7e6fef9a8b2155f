export type { ImportedProduct, ImportedVariant } from './collect-product';
export { shorten } from './cut';
export { dropFromProducts, type DropTerms } from './drop-from-products';
export { importedCounts, rejectedOf } from './import-document';
export { type ParsedProducts, parseProductCsv, type ParseOptions } from './parse-product-csv';
export { productParts } from './product-parts';
export type { Note, Rejected } from './rejected';
