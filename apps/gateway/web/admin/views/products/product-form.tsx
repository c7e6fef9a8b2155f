import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Confirm } from '../../parts/confirm';
import { Field, Form, Submit, TextArea } from '../../parts/form';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/section';
import type { Send } from '../../state/api';
import { session } from '../../state/current';
import { FormState, nextRowOf, valuesOf } from '../../state/form';
import { resourceOf } from '../../state/list';
import {
  changesOf,
  ifMatchOf,
  type NewProduct,
  readProduct,
  valuesOfProduct,
} from '../../state/product-fields';
import type { Product } from '../../state/types';

interface Props {
  /** Null for a new one. */
  product: Product | null;
  onClose: () => void;
  onSaved: () => void;
}

/** One product: its words, pictures and SKUs. Drops that were made from it do not change. */
export function ProductForm({ product, onClose, onSaved }: Props) {
  const merchant = useMemo(() => resourceOf((api) => api.GET('/v1/admin/merchant')), []);
  // The version that is edited, so that nobody's change in the meantime is overwritten.
  const current = useMemo(
    () =>
      product &&
      resourceOf((api) =>
        api.GET('/v1/admin/products/{productId}', { params: { path: { productId: product.id } } }),
      ),
    [],
  );
  useEffect(() => {
    void merchant.reload();
    void current?.reload();
  }, []);
  return (
    <Section title={product ? `Edit ${product.name}` : 'New product'}>
      <Loaded of={merchant}>
        {({ defaultCurrency: currency }) =>
          current ? (
            <Loaded of={current}>{(it) => <Fields {...{ it, currency, onClose, onSaved }} />}</Loaded>
          ) : (
            <Fields it={null} {...{ currency, onClose, onSaved }} />
          )
        }
      </Loaded>
    </Section>
  );
}

function Fields(props: { it: Product | null; currency: string; onClose: () => void; onSaved: () => void }) {
  const { it, onClose, onSaved } = props;
  const form = useMemo(() => new FormState(), []);
  const rows = useSignal<readonly number[]>(it && it.skus.length > 0 ? it.skus.map((_, i) => i) : [0]);
  const shown = useMemo<Record<string, string>>(() => (it ? valuesOfProduct(it) : {}), []);
  const next = useRef(nextRowOf(shown, rows.value));
  const currencyOf = (row: number) => (it?.skus[row] ?? it?.skus[0])?.price.currency ?? props.currency;
  /** Undefined where nothing was changed. */
  const change = (it: Product, whole: NewProduct): Send<Product> | undefined => {
    const body = changesOf(whole, it);
    const params = { path: { productId: it.id }, header: ifMatchOf(it) };
    if (Object.keys(body).length === 0) return undefined;
    return (api) => api.PATCH('/v1/admin/products/{productId}', { params, body });
  };
  const create = (body: NewProduct): Send<Product> => {
    const key = form.keyFor(body);
    return (api) => api.POST('/v1/admin/products', { params: { header: { 'Idempotency-Key': key } }, body });
  };
  const save = async (event: SubmitEvent) => {
    const read = readProduct(valuesOf(event), rows.value, currencyOf);
    if (read.kind === 'wrong') return form.reject(read.errors);
    const save = it ? change(it, read.json) : create(read.json);
    if (!save) return onClose();
    const answer = await form.submit(() => session.call(save));
    if (answer) onSaved();
  };
  return (
    <>
      <Form state={form} onSubmit={(event) => void save(event)}>
        <div class="columns">
          <Field
            form={form}
            pointer="/name"
            label="Name"
            name="name"
            autocomplete="off"
            defaultValue={shown['name']}
          />
          <Field
            form={form}
            pointer="/handle"
            label="Handle"
            name="handle"
            autocomplete="off"
            defaultValue={shown['handle']}
            hint="Left empty it is made from the name."
          />
        </div>
        <TextArea
          form={form}
          pointer="/description"
          label="Description"
          name="description"
          rows={3}
          defaultValue={shown['description']}
        />
        <TextArea
          form={form}
          pointer="/imageUrls"
          label="Pictures"
          name="imageUrls"
          rows={2}
          defaultValue={shown['imageUrls']}
          hint="One address a line."
        />
        <div class="item-rows">
          {rows.value.map((row, index) => {
            const at = `/skus/${index}`;
            return (
              <div class="item-row" role="group" aria-label={`SKU ${index + 1}`} key={row}>
                <Field
                  form={form}
                  pointer={`${at}/sku`}
                  label="SKU"
                  name={`sku-${row}`}
                  autocomplete="off"
                  defaultValue={shown[`sku-${row}`]}
                />
                <Field
                  form={form}
                  pointer={`${at}/name`}
                  label="Name of the SKU"
                  name={`name-${row}`}
                  autocomplete="off"
                  defaultValue={shown[`name-${row}`]}
                />
                <Field
                  form={form}
                  pointer={`${at}/price`}
                  label={`Price in ${currencyOf(row)}`}
                  name={`price-${row}`}
                  inputMode="decimal"
                  autocomplete="off"
                  defaultValue={shown[`price-${row}`]}
                />
                {rows.value.length > 1 && (
                  <button
                    class="small"
                    type="button"
                    aria-label={`Remove SKU ${index + 1}`}
                    onClick={() => (rows.value = rows.value.filter((other) => other !== row))}
                  >
                    Remove
                  </button>
                )}
              </div>
            );
          })}
        </div>
        <div class="buttons">
          <button class="small" type="button" onClick={() => (rows.value = [...rows.value, next.current++])}>
            Add a SKU
          </button>
          <button class="small" type="button" onClick={onClose}>
            Cancel
          </button>
          <Submit state={form} look="small accent">
            Save
          </Submit>
        </div>
      </Form>
      {it && <Deletion it={it} onDeleted={onSaved} />}
    </>
  );
}

function Deletion({ it, onDeleted }: { it: Product; onDeleted: () => void }) {
  const removal = useMemo(() => new FormState(), []);
  const asks = useSignal(false);
  const remove = async () => {
    const params = { path: { productId: it.id } };
    const ask = () => session.call((api) => api.DELETE('/v1/admin/products/{productId}', { params }));
    if (await removal.submit(ask)) onDeleted();
  };
  return (
    <>
      <button class="small" type="button" onClick={() => (asks.value = true)}>
        Delete this product
      </button>
      {asks.value && (
        <Confirm
          title={`Delete ${it.name}?`}
          state={removal}
          action="Delete"
          onConfirm={() => void remove()}
          onClose={() => (asks.value = false)}
        >
          <p>Drops that were made from it stay as they are.</p>
        </Confirm>
      )}
    </>
  );
}
