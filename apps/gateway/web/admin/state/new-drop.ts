import { minorOf } from './amounts';
import { instantOf } from './times';

type Read = { kind: 'read'; json: object } | { kind: 'wrong'; errors: Record<string, string> };

const WHOLE = /^\d{1,9}$/;

/** The body of `POST /v1/admin/drops` from the fields of the form. Only what the server could not read is judged here; the rest is for the server. */
export function readNewDrop(values: Record<string, string>, rows: readonly number[], currency: string): Read {
  const errors: Record<string, string> = {};
  const text = (name: string) => values[name] ?? '';
  const number = (name: string, pointer: string) => {
    if (!WHOLE.test(text(name))) errors[pointer] = 'must be a whole number';
    return Number(text(name));
  };
  const optional = (name: string, read: (value: string) => unknown = (value) => value) =>
    text(name) === '' ? {} : { [name]: read(text(name)) };
  if (text('name') === '') errors['/name'] = 'is needed';
  const items = rows.map((row, index) => {
    const sku = text(`sku-${row}`);
    if (sku === '') errors[`/items/${index}/sku`] = 'is needed';
    const name = text(`name-${row}`);
    const price = text(`price-${row}`);
    const amountMinor = price === '' ? undefined : minorOf(price, currency);
    if (price !== '' && amountMinor === undefined)
      errors[`/items/${index}/price`] = 'must be an amount, such as 29.00';
    return {
      sku,
      total: number(`total-${row}`, `/items/${index}/total`),
      ...(name === '' ? {} : { name }),
      ...(amountMinor === undefined ? {} : { price: { amountMinor, currency } }),
    };
  });
  const json = {
    name: text('name'),
    ...optional('description'),
    ...optional('imageUrl'),
    ...optional('opensAt', instantOf),
    ...optional('closesAt', instantOf),
    perCustomerLimit: number('perCustomerLimit', '/perCustomerLimit'),
    holdTtlSeconds: number('holdTtlSeconds', '/holdTtlSeconds'),
    ...optional('stockDisplay'),
    items,
  };
  return Object.keys(errors).length > 0 ? { kind: 'wrong', errors } : { kind: 'read', json };
}
