import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Choice, Field, Form, Submit, TextArea } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { Section } from '../parts/section';
import { session } from '../state/current';
import { FormState, valuesOf } from '../state/form';
import { List, resourceAt } from '../state/list';
import { readNewDrop } from '../state/new-drop';
import { go } from '../state/route';
import type { AdminDrop, Merchant, Product } from '../state/types';

const PATH = '/v1/admin/drops';

/** A new drop; it begins as a draft. */
export function NewDropView() {
  const merchant = useMemo(() => resourceAt<Merchant>('/v1/admin/merchant'), []);
  useEffect(() => void merchant.reload(), []);
  return (
    <>
      <PageTitle title="New drop" />
      <Loaded of={merchant}>{({ defaultCurrency }) => <NewDropForm currency={defaultCurrency} />}</Loaded>
    </>
  );
}

function NewDropForm({ currency }: { currency: string }) {
  const form = useMemo(() => new FormState(), []);
  const rows = useSignal<readonly number[]>([0]);
  const create = async (event: SubmitEvent) => {
    const read = readNewDrop(valuesOf(event), rows.value, currency);
    if (read.kind === 'wrong') return form.reject(read.errors);
    const key = form.keyFor(read.json);
    const answer = await form.submit(() =>
      session.call<AdminDrop>(PATH, { method: 'POST', json: read.json, key }),
    );
    if (answer?.kind === 'ok') go(`/admin/drops/${encodeURIComponent(answer.body.id)}`);
  };
  return (
    <Form state={form} onSubmit={(event) => void create(event)}>
      <Section title="What it is">
        <Field form={form} pointer="/name" label="Name" name="name" autocomplete="off" />
        <TextArea form={form} pointer="/description" label="Description" name="description" rows={3} />
        <Field
          form={form}
          pointer="/imageUrl"
          label="Picture"
          name="imageUrl"
          type="url"
          placeholder="https://…"
        />
      </Section>
      <Items form={form} rows={rows.value} currency={currency} onRows={(next) => (rows.value = next)} />
      <Section title="Rules">
        <Rules form={form} />
      </Section>
      <Submit state={form}>Create draft</Submit>
    </Form>
  );
}

function Rules({ form }: { form: FormState }) {
  return (
    <div class="columns">
      <Field
        form={form}
        pointer="/opensAt"
        label="Opens at"
        name="opensAt"
        type="datetime-local"
        hint="It can be scheduled later, too."
      />
      <Field form={form} pointer="/closesAt" label="Closes at" name="closesAt" type="datetime-local" />
      <Field
        form={form}
        pointer="/perCustomerLimit"
        label="Units for one customer"
        name="perCustomerLimit"
        inputMode="numeric"
        defaultValue="4"
      />
      <Field
        form={form}
        pointer="/holdTtlSeconds"
        label="A hold lasts, in seconds"
        name="holdTtlSeconds"
        inputMode="numeric"
        defaultValue="300"
      />
      <Choice form={form} pointer="/stockDisplay" label="Shoppers see stock" name="stockDisplay">
        <option value="exact">In numbers</option>
        <option value="bands">In words: plenty, few, last</option>
        <option value="hidden">Not at all</option>
      </Choice>
    </div>
  );
}

function Items(props: {
  form: FormState;
  rows: readonly number[];
  currency: string;
  onRows: (rows: readonly number[]) => void;
}) {
  const { form, rows, currency, onRows } = props;
  const products = useMemo(() => new List<Product>('/v1/admin/products'), []);
  useEffect(() => {
    if (session.can('catalogue:read')) void products.search();
  }, []);
  const skus = products.pages.data.value?.items.flatMap((product) => product.skus) ?? [];
  return (
    <Section title="Items">
      <p class="soft fine">
        Name and price come from the product of the SKU. A SKU that is no product needs both. Prices are in{' '}
        {currency}.
      </p>
      <datalist id="known-skus">
        {skus.map(({ sku, name }) => (
          <option key={sku} value={sku}>
            {name}
          </option>
        ))}
      </datalist>
      <div class="item-rows">
        {rows.map((row, index) => (
          <div class="item-row" role="group" aria-label={`Item ${index + 1}`} key={row}>
            <Field
              form={form}
              pointer={`/items/${index}/sku`}
              label="SKU"
              name={`sku-${row}`}
              list="known-skus"
              autocomplete="off"
            />
            <Field
              form={form}
              pointer={`/items/${index}/total`}
              label="Units"
              name={`total-${row}`}
              inputMode="numeric"
              autocomplete="off"
            />
            <Field
              form={form}
              pointer={`/items/${index}/name`}
              label="Name"
              name={`name-${row}`}
              autocomplete="off"
            />
            <Field
              form={form}
              pointer={`/items/${index}/price`}
              label="Price"
              name={`price-${row}`}
              inputMode="decimal"
              autocomplete="off"
            />
            {rows.length > 1 && (
              <button
                class="small"
                type="button"
                aria-label={`Remove item ${index + 1}`}
                onClick={() => onRows(rows.filter((it) => it !== row))}
              >
                Remove
              </button>
            )}
          </div>
        ))}
      </div>
      <button class="small" type="button" onClick={() => onRows([...rows, Math.max(...rows) + 1])}>
        Add an item
      </button>
    </Section>
  );
}
