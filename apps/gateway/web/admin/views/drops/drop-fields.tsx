import type { Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Choice, Field, TextArea } from '../../parts/form';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FIELD_WORDS, isLocked } from '../../state/drop-fields';
import { type FormState, nextRowOf } from '../../state/form';
import { List } from '../../state/list';
import type { AdminDrop } from '../../state/types';

interface Props {
  form: FormState;
  /** What the fields show at first, by their names. */
  values: Readonly<Record<string, string>>;
  /** The numbers of the items' rows. */
  rows: Signal<readonly number[]>;
  currencyOf: (row: number) => string;
  /** What is locked in it has no field, except the items, which are left out as a whole. */
  state: AdminDrop['state'];
}

/** The fields of a drop, new or edited. */
export function DropFields(props: Props) {
  const { form, values, state } = props;
  return (
    <>
      <Section title="What it is">
        <Field
          form={form}
          pointer="/name"
          label={FIELD_WORDS.name}
          name="name"
          autocomplete="off"
          defaultValue={values['name']}
        />
        <TextArea
          form={form}
          pointer="/description"
          label={FIELD_WORDS.description}
          name="description"
          rows={3}
          defaultValue={values['description']}
        />
        <Field
          form={form}
          pointer="/imageUrl"
          label={FIELD_WORDS.imageUrl}
          name="imageUrl"
          placeholder="https://…"
          autocomplete="off"
          defaultValue={values['imageUrl']}
        />
      </Section>
      {!isLocked('items', state) && <Items {...props} />}
      <Section title="Rules">
        <Rules {...props} />
      </Section>
    </>
  );
}

function Rules({ form, values, state }: Props) {
  const locked = (['opensAt', 'holdTtlSeconds'] as const).filter((field) => isLocked(field, state));
  return (
    <>
      <div class="columns">
        {!isLocked('opensAt', state) && (
          <Field
            form={form}
            pointer="/opensAt"
            label={FIELD_WORDS.opensAt}
            name="opensAt"
            type="datetime-local"
            hint="It can be scheduled later, too."
            defaultValue={values['opensAt']}
          />
        )}
        <Field
          form={form}
          pointer="/closesAt"
          label={FIELD_WORDS.closesAt}
          name="closesAt"
          type="datetime-local"
          defaultValue={values['closesAt']}
        />
        <Field
          form={form}
          pointer="/perCustomerLimit"
          label={FIELD_WORDS.perCustomerLimit}
          name="perCustomerLimit"
          inputMode="numeric"
          defaultValue={values['perCustomerLimit']}
          hint={locked.length > 0 ? 'It can only be raised now.' : undefined}
        />
        {!isLocked('holdTtlSeconds', state) && (
          <Field
            form={form}
            pointer="/holdTtlSeconds"
            label={FIELD_WORDS.holdTtlSeconds}
            name="holdTtlSeconds"
            inputMode="numeric"
            defaultValue={values['holdTtlSeconds']}
          />
        )}
        <Choice
          form={form}
          pointer="/stockDisplay"
          label={FIELD_WORDS.stockDisplay}
          name="stockDisplay"
          defaultValue={values['stockDisplay']}
        >
          <option value="exact">In numbers</option>
          <option value="bands">In words: plenty, few, last</option>
          <option value="hidden">Not at all</option>
        </Choice>
      </div>
      {locked.length > 0 && (
        <p class="soft fine">
          Since it has opened, items, times of opening and how long a hold lasts stay as they are. Units are
          added or taken under Adjust stock.
        </p>
      )}
    </>
  );
}

function Items({ form, values, rows, currencyOf }: Props) {
  const products = useMemo(
    () => new List((api, query) => api.GET('/v1/admin/products', { params: { query } })),
    [],
  );
  useEffect(() => {
    if (session.can('catalogue:read')) void products.search();
  }, []);
  const skus = products.pages.data.value?.items.flatMap((product) => product.skus) ?? [];
  const shown = rows.value;
  const next = useRef(nextRowOf(values, shown));
  return (
    <Section title="Items">
      <p class="soft fine">
        Name and price come from the product of the SKU. A SKU that is no product needs both.
      </p>
      <datalist id="known-skus">
        {skus.map(({ sku, name }) => (
          <option key={sku} value={sku}>
            {name}
          </option>
        ))}
      </datalist>
      <div class="item-rows">
        {shown.map((row, index) => (
          <div class="item-row" role="group" aria-label={`Item ${index + 1}`} key={row}>
            <Field
              form={form}
              pointer={`/items/${index}/sku`}
              label="SKU"
              name={`sku-${row}`}
              list="known-skus"
              autocomplete="off"
              defaultValue={values[`sku-${row}`]}
            />
            <Field
              form={form}
              pointer={`/items/${index}/total`}
              label="Units"
              name={`total-${row}`}
              inputMode="numeric"
              autocomplete="off"
              defaultValue={values[`total-${row}`]}
            />
            <Field
              form={form}
              pointer={`/items/${index}/name`}
              label="Name"
              name={`name-${row}`}
              autocomplete="off"
              defaultValue={values[`name-${row}`]}
            />
            <Field
              form={form}
              pointer={`/items/${index}/price`}
              label={`Price in ${currencyOf(row)}`}
              name={`price-${row}`}
              inputMode="decimal"
              autocomplete="off"
              defaultValue={values[`price-${row}`]}
            />
            {shown.length > 1 && (
              <button
                class="small"
                type="button"
                aria-label={`Remove item ${index + 1}`}
                onClick={() => (rows.value = shown.filter((it) => it !== row))}
              >
                Remove
              </button>
            )}
          </div>
        ))}
      </div>
      <button class="small" type="button" onClick={() => (rows.value = [...shown, next.current++])}>
        Add an item
      </button>
    </Section>
  );
}
