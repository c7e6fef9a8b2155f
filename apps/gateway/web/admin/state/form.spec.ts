import { failureWords } from '../words';
import { FormState, nextRowOf } from './form';
import { readDrop } from './drop-fields';
import { changesOf, ifMatchOf, readProduct, valuesOfProduct } from './product-fields';
import { SignInForm } from './sign-in-form';
import type { Product } from './types';

jest.mock('@preact/signals', () => {
  jest.useFakeTimers();
  return jest.requireActual<object>('@preact/signals-core');
});

const problem = (status: number, code: string, more: object = {}, retryAfterSeconds: number | null = null) =>
  ({
    kind: 'problem',
    status,
    problem: { code, title: '', detail: '', ...more },
    retryAfterSeconds,
  }) as const;
const done = { kind: 'ok', status: 201, body: null, replayed: false } as const;

describe('a form', () => {
  it('keeps its key until it is known what became of the request', async () => {
    const form = new FormState();
    const first = form.keyFor({ a: 1 });
    await form.submit(() => Promise.resolve({ kind: 'unreachable' } as const));
    expect(form.keyFor({ a: 1 })).toBe(first);
    expect(form.keyFor({ a: 2 })).not.toBe(first);
    const second = form.keyFor({ a: 1 });
    await form.submit(() => Promise.resolve(done));
    expect(form.keyFor({ a: 1 })).not.toBe(second);
  });

  it.each([
    [503, 'temporarily-unavailable', true],
    [500, 'internal-error', true],
    [409, 'request-in-progress', true],
    [409, 'conflict', false],
    [422, 'idempotency-key-reused', false],
  ])('after %i %s: keeps its key, and says that it may have been done: %s', async (status, code, isOpen) => {
    const form = new FormState();
    const answer = problem(status, code);
    const first = form.keyFor({ a: 1 });
    await form.submit(() => Promise.resolve(answer));
    expect(form.keyFor({ a: 1 }) === first).toBe(isOpen);
    expect(failureWords(answer).text.startsWith('It may have been carried out.')).toBe(isOpen);
    expect(failureWords(answer, true).text).not.toContain('carried out');
  });

  it('is sent once at a time, and shows errors by field', async () => {
    const form = new FormState();
    const errors = [{ pointer: '/name', message: 'must not be empty' }];
    const send = jest.fn(() => Promise.resolve(problem(400, 'invalid-request', { errors })));
    await Promise.all([form.submit(send), form.submit(send)]);
    expect(send).toHaveBeenCalledTimes(1);
    expect(form.errors.value).toEqual({ '/name': 'must not be empty' });
  });
});

describe('a sign-in', () => {
  it('counts down where it has to pause, and sends nothing meanwhile', async () => {
    const send = jest.fn(() => Promise.resolve(problem(429, 'quota-exceeded', {}, 3)));
    const signIn = new SignInForm(send, null);
    await signIn.submit({});
    expect(signIn.pause.value).toBe(3);
    jest.advanceTimersByTime(2_000);
    expect(signIn.pause.value).toBe(1);
    await signIn.submit({});
    jest.advanceTimersByTime(1_000);
    expect([signIn.pause.value, send.mock.calls.length]).toEqual([0, 1]);
  });

  it('asks for a code when one is needed, and says that it was wrong only when there was one', async () => {
    const signIn = new SignInForm(() => Promise.resolve(problem(401, 'mfa-required')), null);
    await signIn.submit({});
    expect([signIn.needsCode.value, signIn.form.errors.value]).toEqual([true, {}]);
    await signIn.submit({ totp: '000000' });
    expect(Object.keys(signIn.form.errors.value)).toEqual(['/totp']);
  });
});

describe('the rows of a form', () => {
  it('get no number of one that is shown, or was shown and removed', () => {
    expect(nextRowOf({}, [0])).toBe(1);
    expect(nextRowOf({ 'sku-0': 'CUP', 'sku-10': 'MUG', 'total-99': '1' }, [0])).toBe(11);
    expect(nextRowOf({ 'sku-0': 'CUP' }, [0, 7])).toBe(8);
  });
});

describe('the fields of a new drop', () => {
  const base = { name: 'Cups', perCustomerLimit: '4', holdTtlSeconds: '300', stockDisplay: 'exact' };

  it('become a body with amounts in minor units and moments in UTC', () => {
    const fields = {
      ...base,
      opensAt: '2099-01-01T12:00',
      'sku-3': 'CUP',
      'total-3': '20',
      'price-3': '9,50',
    };
    expect(readDrop({ ...fields, 'sku-5': 'MUG', 'total-5': '1' }, [3, 5], () => 'EUR')).toEqual({
      kind: 'read',
      json: {
        name: 'Cups',
        description: '',
        imageUrl: null,
        closesAt: null,
        opensAt: new Date('2099-01-01T12:00').toISOString(),
        perCustomerLimit: 4,
        holdTtlSeconds: 300,
        stockDisplay: 'exact',
        items: [
          { sku: 'CUP', total: 20, price: { amountMinor: 950, currency: 'EUR' } },
          { sku: 'MUG', total: 1 },
        ],
      },
    });
  });

  it('that cannot be read are named by their place in the list', () => {
    const read = readDrop({ ...base, 'sku-3': 'CUP', 'total-3': '1.5', 'price-3': 'ten' }, [3], () => 'EUR');
    expect(read).toMatchObject({ kind: 'wrong' });
    expect(Object.keys((read as { errors: object }).errors)).toEqual(['/items/0/price', '/items/0/total']);
  });
});

describe('the fields of a product', () => {
  const price = (amountMinor: number, currency: string) => ({ amountMinor, currency });
  const product: Product = {
    id: 'prd_1',
    handle: 'cup',
    name: 'Cup',
    description: 'Blue.\r\nHolds water.\n',
    imageUrls: ['https://cups.example/a b.png'],
    skus: [
      { sku: 'CUP', name: 'One', price: price(950, 'EUR') },
      { sku: 'CUP-JP', name: 'One, Japan', price: price(1500, 'JPY') },
    ],
    createdAt: '',
    updatedAt: '',
    revision: 3,
  };
  const currencyOf = (row: number) => product.skus[row]?.price.currency ?? 'EUR';
  /** As a browser gives the fields back. */
  const shown = Object.fromEntries(
    Object.entries(valuesOfProduct(product)).map(([name, text]) => [
      name,
      text.replaceAll('\r\n', '\n').trim(),
    ]),
  );
  const changes = (changed: Record<string, string>, rows = [0, 1]) => {
    const read = readProduct({ ...shown, ...changed }, rows, currencyOf);
    return read.kind === 'read' ? changesOf(read.json, product) : read.errors;
  };

  it('without a price for a SKU are not sent', () => {
    expect(Object.keys(changes({ 'price-1': '' }))).toEqual(['/skus/1/price']);
  });

  it('that nobody touched are not sent', () => {
    expect(changes({})).toEqual({});
    expect(changes({ name: 'Mug' })).toEqual({ name: 'Mug' });
    expect(changes({ description: '' })).toEqual({ description: '' });
  });

  it('keep the currency of each SKU', () => {
    const [first, second] = product.skus;
    expect(changes({ 'price-1': '1600' })).toEqual({
      skus: [first, { ...second, price: price(1600, 'JPY') }],
    });
    expect(changes({}, [1])).toEqual({ skus: [second] });
  });

  it('are sent for the version that was read', () => {
    expect(ifMatchOf(product)).toEqual({ 'If-Match': '"3"' });
  });
});
