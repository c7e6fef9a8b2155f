import type { ApiKey, Merchant, Product, StaffMember } from '@holdfast/contracts';

// As the contract shows them: a field that is added inside does not leave the product by itself.

export function renderStaff({ id, email, name, role, mfa, joined, createdAt }: StaffMember): object {
  return { id, email, name, role, mfa, joined, createdAt };
}

/** Who signed in. */
export function renderPerson({ id, email, name, role, merchantId, mfa }: StaffMember): object {
  return { id, email, name, role, merchantId, mfa };
}

export function renderApiKey(key: ApiKey): object {
  const { id, name, prefix, scopes, createdBy, createdAt, expiresAt, lastUsedAt } = key;
  return { id, name, prefix, scopes, createdBy, createdAt, expiresAt, lastUsedAt };
}

export function renderMerchant(merchant: Merchant): object {
  const { id, name, supportEmail, defaultCurrency, allowedOrigins, brand } = merchant;
  const { refundStepUpMinor, requireMfa, createdAt } = merchant;
  const settings = { supportEmail, defaultCurrency, allowedOrigins, brand, refundStepUpMinor, requireMfa };
  return { id, name, ...settings, createdAt };
}

export function renderProduct(product: Product): object {
  const { id, handle, name, description, imageUrls, revision, createdAt, updatedAt } = product;
  const skus = product.skus.map(({ sku, name, price: { amountMinor, currency } }) => ({
    sku,
    name,
    price: { amountMinor, currency },
  }));
  return { id, handle, name, description, imageUrls, skus, revision, createdAt, updatedAt };
}
