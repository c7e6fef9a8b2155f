import { useEffect, useMemo } from 'preact/hooks';
import { formatMoment } from '../../../shared/duration';
import { formatCount } from '../../../shared/money';
import { Field, Form, Submit } from '../../parts/form';
import { Listed } from '../../parts/listed';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import type { LaunchStore } from '../../state/launch-store';
import { List } from '../../state/list';
import type { AdminDrop } from '../../state/types';

/** Adds units, or takes away what nobody holds or has bought; each change with its reason. */
export function AdjustStock({ drop, store }: { drop: AdminDrop; store: LaunchStore }) {
  const form = useMemo(() => new FormState(), []);
  const made = useMemo(
    () =>
      new List((api, query) =>
        api.GET('/v1/admin/drops/{dropId}/stock-adjustments', { params: { ...store.params, query } }),
      ),
    [store],
  );
  useEffect(() => void made.search(), [made]);
  const adjust = async (event: SubmitEvent) => {
    const { sku = '', delta = '', reason = '' } = valuesOf(event);
    const element = event.currentTarget as HTMLFormElement;
    if (sku === '') return form.reject({ '/sku': 'is needed' });
    if (!/^[+-]?\d+$/.test(delta))
      return form.reject({ '/delta': 'must be a whole number, such as 20 or -5' });
    const body = { sku, delta: Number(delta), reason };
    const params = { ...store.params, header: { 'Idempotency-Key': form.keyFor(body) } };
    const answer = await form.submit(
      () => session.call((api) => api.POST('/v1/admin/drops/{dropId}/stock-adjustments', { params, body })),
      'Stock adjusted.',
    );
    if (!answer) return;
    element.reset();
    await Promise.all([store.drop.reload(), made.search()]);
  };
  return (
    <Section title="Adjust stock">
      <Form state={form} onSubmit={(event) => void adjust(event)}>
        <div class="columns">
          <Field form={form} pointer="/sku" label="SKU" name="sku" list="skus" autocomplete="off" />
          <Field
            form={form}
            pointer="/delta"
            label="Units"
            name="delta"
            autocomplete="off"
            hint="20 adds twenty, -5 takes five away."
          />
          <Field
            form={form}
            pointer="/reason"
            label="Reason"
            name="reason"
            maxLength={500}
            autocomplete="off"
          />
        </div>
        <Skus drop={drop} />
        <Submit state={form} look="small accent">
          Adjust
        </Submit>
      </Form>
      <Listed of={made} empty={<p>No adjustments so far.</p>}>
        {(items) => (
          <ul class="rows-list">
            {items.map(({ id, sku, delta, reason, actor, createdAt }) => (
              <li class="row" key={id}>
                <div class="row-text">
                  <strong>
                    {delta > 0 && '+'}
                    {formatCount(delta)} {sku}
                  </strong>
                  <span>{reason}</span>
                  <span class="soft fine">
                    {actor.label ?? actor.id} · {formatMoment(createdAt)}
                  </span>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Listed>
    </Section>
  );
}

/** Drawn once for a revision, which alone changes them: the counts change with each tick, and there may be 5,000. */
function Skus({ drop }: { drop: AdminDrop }) {
  return useMemo(
    () => (
      <datalist id="skus">
        {drop.items.map(({ sku, name }) => (
          <option key={sku} value={sku}>
            {name}
          </option>
        ))}
      </datalist>
    ),
    [drop.id, drop.revision],
  );
}
