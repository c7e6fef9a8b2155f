import { randomBytes } from 'node:crypto';
import type { Product } from './product';

interface Counts {
  available: number;
  held: number;
  sold: number;
  version: number;
  asOf: string;
}

export interface PublicDrop {
  id: string;
  items: { sku: string; stock: Counts }[];
}

/** Makes a drop by the command line; returns its id. `items` are `SKU=units@price`. */
export async function makeDrop(product: Product, items: string[], ...more: string[]): Promise<string> {
  const args = ['--name', 'Test drop', ...items.flatMap((item) => ['--item', item])];
  const opens = more.includes('--opens-at') ? [] : ['--opens-at', 'now'];
  const answer = await product.cli('drop', 'create', ...args, ...opens, ...more);
  if (answer.code !== 0) throw new Error(`no drop: ${answer.stderr}`);
  return (answer.json as { id: string }).id;
}

/** A shopper without a browser, for what others do meanwhile. */
export class OtherShopper {
  private token: string | undefined;

  constructor(private readonly url: string) {}

  async hold(dropId: string, sku: string, quantity = 1): Promise<{ id: string }> {
    return (await this.post(`/v1/drops/${dropId}/holds`, { lines: [{ sku, quantity }] })) as { id: string };
  }

  async buy(dropId: string, sku: string, quantity = 1, email = 'other@example.com'): Promise<void> {
    const { id } = await this.hold(dropId, sku, quantity);
    const payment = { method: 'card', token: 'tok_ok' };
    await this.post('/v1/orders', { holdId: id, payment, email });
  }

  private async post(path: string, body: object): Promise<unknown> {
    this.token ??= ((await this.send('/v1/sessions', {})) as { accessToken: string }).accessToken;
    return this.send(path, body);
  }

  private async send(path: string, body: object): Promise<unknown> {
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'idempotency-key': randomBytes(12).toString('hex'),
    };
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    const answer = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}

export async function readDrop(url: string, dropId: string): Promise<PublicDrop> {
  const answer = await fetch(`${url}/v1/drops/${dropId}`);
  return (await answer.json()) as PublicDrop;
}
