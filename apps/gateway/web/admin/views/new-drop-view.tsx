import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Form, Submit } from '../parts/form';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { session } from '../state/current';
import { readDrop } from '../state/drop-fields';
import { FormState, valuesOf } from '../state/form';
import { resourceOf } from '../state/list';
import { go } from '../state/route';
import { DropFields } from './drops/drop-fields';

/** A new drop; it begins as a draft. */
export function NewDropView() {
  const merchant = useMemo(() => resourceOf((api) => api.GET('/v1/admin/merchant')), []);
  useEffect(() => void merchant.reload(), []);
  return (
    <>
      <PageTitle title="New drop" />
      <Loaded of={merchant}>{({ defaultCurrency }) => <NewDropForm currency={defaultCurrency} />}</Loaded>
    </>
  );
}

const DEFAULTS = { perCustomerLimit: '4', holdTtlSeconds: '300', stockDisplay: 'exact' };

function NewDropForm({ currency }: { currency: string }) {
  const form = useMemo(() => new FormState(), []);
  const rows = useSignal<readonly number[]>([0]);
  const create = async (event: SubmitEvent) => {
    const read = readDrop(valuesOf(event), rows.value, () => currency);
    if (read.kind === 'wrong') return form.reject(read.errors);
    const body = read.json;
    const params = { header: { 'Idempotency-Key': form.keyFor(body) } };
    const answer = await form.submit(() =>
      session.call((api) => api.POST('/v1/admin/drops', { params, body })),
    );
    if (answer?.kind === 'ok') go(`/admin/drops/${encodeURIComponent(answer.body.id)}`);
  };
  return (
    <Form state={form} onSubmit={(event) => void create(event)}>
      <DropFields form={form} values={DEFAULTS} rows={rows} currencyOf={() => currency} state="draft" />
      <Submit state={form}>Create draft</Submit>
    </Form>
  );
}
