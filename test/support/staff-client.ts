import { randomUUID } from 'node:crypto';
import type { Product } from './product';

export interface StaffAnswer {
  status: number;
  headers: Headers;
  /** The JSON document; undefined when there was no body. */
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- each test says what it expects
}

export const PASSWORD = 'correct horse battery';

/** A client of the merchant API with one bearer token and the cookie of the sign-in. */
export class StaffClient {
  token: string | undefined;
  cookie: string | undefined;

  constructor(readonly url: string) {}

  /** Signs in with a new one-time link for this person and sets their password. */
  static async byLink(product: Product, email: string): Promise<StaffClient> {
    const link = await product.cli('staff', 'link', '--email', email);
    const client = new StaffClient(product.url);
    await client.useLink((link.json as { url: string }).url);
    return client;
  }

  /** Signs in a new owner of the first merchant: files that share a product do not meet each other's passwords and second factors. */
  static async newOwner(product: Product): Promise<StaffClient> {
    const email = `owner-${randomUUID()}@shop.example`;
    const added = await product.cli('staff', 'add', '--email', email, '--role', 'owner');
    const client = new StaffClient(product.url);
    await client.useLink((added.json as { inviteUrl: string }).inviteUrl);
    return client;
  }

  async useLink(url: string, password = PASSWORD): Promise<StaffAnswer> {
    const token = new URL(url).hash.replace('#token=', '');
    return this.signedIn(await this.send('POST', '/v1/auth/link', { token, password }));
  }

  async login(email: string, password = PASSWORD, more: object = {}): Promise<StaffAnswer> {
    return this.signedIn(await this.send('POST', '/v1/auth/login', { email, password, ...more }));
  }

  async refresh(origin = new URL(this.url).origin): Promise<StaffAnswer> {
    return this.signedIn(await this.send('POST', '/v1/auth/refresh', undefined, { origin }));
  }

  /** Replaces the token by a stepped-up one. */
  async stepUp(password = PASSWORD, more: object = {}): Promise<StaffAnswer> {
    return this.signedIn(await this.send('POST', '/v1/auth/step-up', { password, ...more }));
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<StaffAnswer> {
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  private signedIn(answer: StaffAnswer): StaffAnswer {
    if (answer.status === 200) this.token = answer.body.accessToken;
    const cookie = answer.headers.get('set-cookie');
    if (cookie !== null) this.cookie = cookie.split(';')[0];
    return answer;
  }
}
