import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatCount, formatMoney } from '../../shared/money';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { session } from '../state/current';
import { List } from '../state/list';
import type { Product } from '../state/types';
import { ImportProducts } from './products/import-products';
import { ProductForm } from './products/product-form';

/** The merchant's products, by hand or from a file. */
export function ProductsView() {
  const products = useMemo(
    () => new List((api, query) => api.GET('/v1/admin/products', { params: { query } })),
    [],
  );
  /** The product that is edited; `new` for one that does not exist yet. */
  const edited = useSignal<Product | 'new' | null>(null);
  const mayWrite = session.can('catalogue:write');
  const reload = () => void products.search();
  useEffect(reload, []);
  const close = () => (edited.value = null);
  return (
    <>
      <PageTitle title="Products">
        {mayWrite && (
          <button class="small accent" type="button" onClick={() => (edited.value = 'new')}>
            New product
          </button>
        )}
      </PageTitle>
      {edited.value !== null && (
        <ProductForm
          key={edited.value === 'new' ? 'new' : edited.value.id}
          product={edited.value === 'new' ? null : edited.value}
          onClose={close}
          onSaved={() => {
            close();
            reload();
          }}
        />
      )}
      <Listed of={products} empty={<p>No products yet. Make one, or import a product CSV of your shop.</p>}>
        {(items) => (
          <ul class="rows-list section">
            {items.map((product) => (
              <li class="row" key={product.id}>
                <div class="row-text">
                  <strong>{product.name}</strong>
                  <span class="soft fine">
                    {product.handle} · {skuWords(product)}
                  </span>
                </div>
                {mayWrite && (
                  <button class="small" type="button" onClick={() => (edited.value = product)}>
                    Edit <span class="unseen">{product.name}</span>
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Listed>
      {mayWrite && <ImportProducts onImported={reload} />}
    </>
  );
}

function skuWords({ skus }: Product): string {
  const [first] = skus;
  if (!first) return 'no SKU';
  if (skus.length === 1) return `${first.sku} · ${formatMoney(first.price)}`;
  return `${formatCount(skus.length)} SKUs from ${first.sku}`;
}
