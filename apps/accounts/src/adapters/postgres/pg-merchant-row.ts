import type { Merchant } from '@holdfast/contracts';
import type { MerchantRow, MerchantSettings } from '../../application/ports/accounts-store.port';
import type { Scoped } from './scoped';
import { sql } from './sql/sql.generated';

interface Row {
  merchant_id: string;
  name: string;
  support_email: string | null;
  default_currency: string;
  allowed_origins: string[];
  brand_accent: string | null;
  brand_logo_url: string | null;
  refund_step_up_minor: number | null;
  require_mfa: boolean;
  revision: number;
  created_at: Date;
}

export class PgMerchantRow implements MerchantRow {
  constructor(private readonly scoped: Scoped) {}

  async insert(name: string): Promise<boolean> {
    return (await this.scoped.first(sql.insertMerchant, [name])) !== null;
  }

  async find(): Promise<Merchant | null> {
    const row = await this.scoped.first<Row>(sql.findMerchant);
    return row && toMerchant(row);
  }

  async lock(): Promise<boolean> {
    return (await this.scoped.first(sql.lockMerchant)) !== null;
  }

  change(it: MerchantSettings): Promise<void> {
    return this.scoped.run(sql.changeMerchant, [
      it.name,
      it.supportEmail,
      it.defaultCurrency,
      it.allowedOrigins,
      it.brand.accent,
      it.brand.logoUrl,
      it.refundStepUpMinor,
      it.requireMfa,
    ]);
  }
}

function toMerchant(row: Row): Merchant {
  return {
    id: row.merchant_id,
    name: row.name,
    supportEmail: row.support_email,
    defaultCurrency: row.default_currency,
    allowedOrigins: row.allowed_origins,
    brand: { accent: row.brand_accent, logoUrl: row.brand_logo_url },
    refundStepUpMinor: row.refund_step_up_minor,
    requireMfa: row.require_mfa,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
  };
}
