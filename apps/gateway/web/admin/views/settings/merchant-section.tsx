import { useEffect, useMemo } from 'preact/hooks';
import { Choice, Field, Form, Submit, TextArea } from '../../parts/form';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import { amountOf, minorOf } from '../../state/amounts';
import { resourceOf } from '../../state/list';
import type { Resource } from '../../state/resource';
import type { Merchant } from '../../state/types';

/** The merchant's own settings; only owners change them. */
export function MerchantSection() {
  const merchant = useMemo(() => resourceOf((api) => api.GET('/v1/admin/merchant')), []);
  useEffect(() => void merchant.reload(), []);
  return (
    <Section title="Merchant">
      <Loaded of={merchant}>{(it) => <MerchantForm key={it.id} it={it} resource={merchant} />}</Loaded>
    </Section>
  );
}

function MerchantForm({ it, resource }: { it: Merchant; resource: Resource<Merchant> }) {
  const form = useMemo(() => new FormState(), []);
  const isLocked = !session.can('settings:write');
  const save = async (event: SubmitEvent) => {
    const values = valuesOf(event);
    const body = changeOf(values);
    const params = resource.etag === undefined ? {} : { header: { 'If-Match': resource.etag } };
    if (body === null) return form.reject({ '/refundStepUpMinor': 'must be an amount, such as 250.00' });
    const answer = await form.submit(
      () => session.call((api) => api.PATCH('/v1/admin/merchant', { params, body })),
      'Saved.',
    );
    if (answer?.kind === 'ok') resource.take(answer.body, answer.etag);
  };
  const limit = it.refundStepUpMinor === null ? '' : amountOf(it.refundStepUpMinor, it.defaultCurrency);
  return (
    <Form state={form} onSubmit={(event) => void save(event)}>
      <fieldset class="form" disabled={isLocked}>
        <legend class="unseen">Settings of the merchant</legend>
        <div class="columns">
          <Field form={form} pointer="/name" label="Name" name="name" defaultValue={it.name} />
          <Field
            form={form}
            pointer="/supportEmail"
            label="Support email"
            name="supportEmail"
            type="email"
            defaultValue={it.supportEmail ?? ''}
          />
          <Field
            form={form}
            pointer="/defaultCurrency"
            label="Currency"
            name="defaultCurrency"
            maxLength={3}
            defaultValue={it.defaultCurrency}
            hint="Three letters, such as EUR."
          />
          <Field
            form={form}
            pointer="/refundStepUpMinor"
            label="Refunds above this need the password"
            name="refundLimit"
            inputMode="decimal"
            defaultValue={limit}
            hint={`In ${it.defaultCurrency}. Left empty no refund does.`}
          />
          <Field
            form={form}
            pointer="/brand/accent"
            label="Color"
            name="accent"
            placeholder="#1a2b3c"
            defaultValue={it.brand.accent ?? ''}
          />
          <Field
            form={form}
            pointer="/brand/logoUrl"
            label="Logo"
            name="logoUrl"
            type="url"
            placeholder="https://…"
            defaultValue={it.brand.logoUrl ?? ''}
          />
        </div>
        <TextArea
          form={form}
          pointer="/allowedOrigins"
          label="Origins that may call the shopper API"
          name="allowedOrigins"
          rows={2}
          defaultValue={it.allowedOrigins.join('\n')}
          hint="One a line, such as https://shop.example."
        />
        <Choice form={form} pointer="/requireMfa" label="Two-factor sign-in" name="requireMfa">
          <option value="no" selected={!it.requireMfa}>
            Everybody decides for themselves
          </option>
          <option value="yes" selected={it.requireMfa}>
            Required from everybody
          </option>
        </Choice>
      </fieldset>
      {isLocked ? (
        <p class="soft">Only an owner can change these.</p>
      ) : (
        <Submit state={form} look="small accent">
          Save
        </Submit>
      )}
    </Form>
  );
}

/** Null when the limit for refunds is not an amount. */
function changeOf(values: Record<string, string>): object | null {
  const text = (name: string) => values[name] ?? '';
  const orNull = (name: string) => text(name) || null;
  const defaultCurrency = text('defaultCurrency').toUpperCase();
  const limit = text('refundLimit');
  const refundStepUpMinor = limit === '' ? null : minorOf(limit, defaultCurrency);
  if (refundStepUpMinor === undefined) return null;
  return {
    name: text('name'),
    supportEmail: orNull('supportEmail'),
    defaultCurrency,
    allowedOrigins: text('allowedOrigins').split(/\s+/).filter(Boolean),
    brand: { accent: orNull('accent'), logoUrl: orNull('logoUrl') },
    refundStepUpMinor,
    requireMfa: text('requireMfa') === 'yes',
  };
}
