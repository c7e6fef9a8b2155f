import type {
  ChangeProductOutcome,
  CreateProductOutcome,
  DeleteProductOutcome,
  ImportProductsOutcome,
} from '@holdfast/contracts';
import type { Problem, ProblemPointer } from '../../problems/problem';

type Refused<O> = Exclude<O, { kind: 'done' | 'deleted' | 'imported' }>;

/** Why the catalogue was not changed. */
export function productRefusal(
  outcome: Refused<
    CreateProductOutcome | ChangeProductOutcome | DeleteProductOutcome | ImportProductsOutcome
  >,
): Problem {
  switch (outcome.kind) {
    case 'not-found':
      return { code: 'not-found' };
    case 'revision-mismatch':
      return { code: 'precondition-failed' };
    case 'key-reused':
      return { code: 'idempotency-key-reused' };
    case 'handle-taken':
      return conflict('This handle belongs to another product.', [
        { pointer: '/handle', message: 'belongs to another product' },
      ]);
    case 'skus-taken':
      return conflict(
        'A SKU belongs to another product.',
        outcome.indexes.map((at) => ({ pointer: `/skus/${at}/sku`, message: 'belongs to another product' })),
      );
    case 'in-use':
      return {
        code: 'in-use',
        errors: outcome.skus.map(({ sku, dropId }) => ({
          pointer: '/skus',
          message: `the SKU ${JSON.stringify(sku)} stands in the drop ${dropId}, which is not closed`,
        })),
      };
    case 'taken':
      return conflict(
        'The catalogue has some of these SKUs or products already. Nothing was imported.',
        outcome.taken.map(({ line, what, text }) => ({
          pointer: `/lines/${line}`,
          message: `the ${what === 'sku' ? 'SKU' : 'handle'} ${JSON.stringify(text)} is there already`,
        })),
      );
  }
}

function conflict(detail: string, errors: ProblemPointer[]): Problem {
  return { code: 'conflict', detail, errors };
}
