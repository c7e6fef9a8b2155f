import type { PoolClient } from 'pg';

export interface Statement {
  name: string;
  text: string;
}

/** The statements of one merchant's transaction: the merchant is the first parameter of each. */
export class Scoped {
  constructor(
    private readonly client: PoolClient,
    readonly merchantId: string,
  ) {}

  async all<R extends object>(statement: Statement, values: readonly unknown[] = []): Promise<R[]> {
    const { rows } = await this.client.query<R>({ ...statement, values: [this.merchantId, ...values] });
    return rows;
  }

  async first<R extends object>(statement: Statement, values: readonly unknown[] = []): Promise<R | null> {
    return (await this.all<R>(statement, values))[0] ?? null;
  }

  async run(statement: Statement, values: readonly unknown[] = []): Promise<void> {
    await this.all(statement, values);
  }
}

export const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
