import type { Page } from './list-cursor';
import type {
  ChangeProduct,
  ChangeProductOutcome,
  CreateProduct,
  CreateProductOutcome,
  DeleteProduct,
  DeleteProductOutcome,
  ImportProducts,
  ImportProductsOutcome,
  ListProducts,
  Product,
  StageProducts,
} from './product';

/** The catalogue of a merchant. Throws `ServiceUnavailable` if no answer arrives within the deadline. */
export abstract class Products {
  /** Newest first. A page of large products has fewer than `limit`. Throws `InvalidCursor`. */
  abstract listProducts(query: ListProducts): Promise<Page<Product>>;
  /** Null if unknown or another merchant's. */
  abstract getProduct(of: { merchantId: string; productId: string }): Promise<Product | null>;
  abstract createProduct(command: CreateProduct): Promise<CreateProductOutcome>;
  abstract changeProduct(command: ChangeProduct): Promise<ChangeProductOutcome>;
  abstract deleteProduct(command: DeleteProduct): Promise<DeleteProductOutcome>;
  /** Sets a part of an import aside. Nothing is seen of it before `importProducts`. */
  abstract stageProducts(part: StageProducts): Promise<{ kind: 'staged' }>;
  /** All parts of an import in one transaction, or nothing. */
  abstract importProducts(command: ImportProducts): Promise<ImportProductsOutcome>;
}
