import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { NEVER_FOR_KEYS, SCOPES } from '../../../../../../libs/contracts/src/access';
import { formatMoment } from '../../../shared/duration';
import { FieldFault } from '../../../shared/parts/field-fault';
import { Confirm } from '../../parts/confirm';
import { Copy } from '../../parts/copy';
import { Field, Form, Submit } from '../../parts/form';
import { Listed } from '../../parts/listed';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import { List } from '../../state/list';
import { instantOf } from '../../state/times';
import type { Key } from '../../state/types';

/** The keys of programs: made with scopes, shown once, removed. */
export function ApiKeysSection() {
  const keys = useMemo(
    () => new List((api, query) => api.GET('/v1/admin/api-keys', { params: { query } })),
    [],
  );
  useEffect(() => void keys.search(), []);
  return (
    <Section title="API keys">
      <Listed of={keys} empty={<p>No keys yet. A script or another program calls the API with a key.</p>}>
        {(items) => (
          <ul class="rows-list">
            {items.map((key) => (
              <KeyRow key={key.id} it={key} onRemoved={() => void keys.search()} />
            ))}
          </ul>
        )}
      </Listed>
      <NewKey onMade={() => void keys.search()} />
    </Section>
  );
}

function KeyRow({ it, onRemoved }: { it: Key; onRemoved: () => void }) {
  const removal = useMemo(() => new FormState(), []);
  const asks = useSignal(false);
  const remove = async () => {
    const params = { path: { keyId: it.id } };
    const ask = () => session.call((api) => api.DELETE('/v1/admin/api-keys/{keyId}', { params }));
    if (!(await removal.submit(ask))) return;
    asks.value = false;
    onRemoved();
  };
  return (
    <li class="row">
      <div class="row-text">
        <strong>{it.name}</strong>
        <span class="fine">
          <code>{it.prefix}…</code>
        </span>
        <span class="soft fine">{it.scopes.join(', ')}</span>
        <span class="soft fine">
          {it.lastUsedAt ? `Last used ${formatMoment(it.lastUsedAt)}` : 'Not used yet'} · made by{' '}
          {it.createdBy.label}
          {it.expiresAt && ` · ends ${formatMoment(it.expiresAt)}`}
        </span>
      </div>
      <div class="row-actions">
        <button class="small" type="button" onClick={() => (asks.value = true)}>
          Remove <span class="unseen">{it.name}</span>
        </button>
      </div>
      {asks.value && (
        <Confirm
          title={`Remove ${it.name}?`}
          state={removal}
          action="Remove"
          onConfirm={() => void remove()}
          onClose={() => (asks.value = false)}
        >
          <p>Programs that use this key are refused within five seconds.</p>
        </Confirm>
      )}
    </li>
  );
}

function NewKey({ onMade }: { onMade: () => void }) {
  const form = useMemo(() => new FormState(), []);
  const secret = useSignal<string | null>(null);
  const scopes = SCOPES.filter((scope) => session.can(scope) && !NEVER_FOR_KEYS.includes(scope));
  const make = async (event: SubmitEvent) => {
    const { name = '', expiresAt = '' } = valuesOf(event);
    const element = event.currentTarget as HTMLFormElement;
    const chosen = scopes.filter((scope) => new FormData(element).getAll('scope').includes(scope));
    if (chosen.length === 0) return form.reject({ '/scopes': 'must have at least one' });
    const body = { name, scopes: chosen, ...(expiresAt ? { expiresAt: instantOf(expiresAt) } : {}) };
    const params = { header: { 'Idempotency-Key': form.keyFor(body) } };
    secret.value = null;
    const answer = await form.submit(
      () => session.call((api) => api.POST('/v1/admin/api-keys', { params, body })),
      'The key is made.',
    );
    if (answer?.kind !== 'ok') return;
    secret.value = answer.body.secret;
    element.reset();
    onMade();
  };
  form.fields.add('/scopes');
  const fault = form.errors.value['/scopes'];
  return (
    <Form state={form} label="New key" onSubmit={(event) => void make(event)}>
      <h3>New key</h3>
      <div class="columns">
        <Field form={form} pointer="/name" label="Name" name="name" autocomplete="off" />
        <Field
          form={form}
          pointer="/expiresAt"
          label="Ends at"
          name="expiresAt"
          type="datetime-local"
          hint="Left empty it does not end."
        />
      </div>
      <fieldset class="checks" aria-describedby={fault && 'scopes-fault'}>
        <legend>What it may do</legend>
        {scopes.map((scope) => (
          <label class="check" key={scope}>
            <input type="checkbox" name="scope" value={scope} />
            {scope}
          </label>
        ))}
      </fieldset>
      <FieldFault id="scopes-fault" text={fault && `Scopes ${fault}.`} />
      <Submit state={form} look="small accent">
        Make key
      </Submit>
      {secret.value && (
        <>
          <p>This is the only time that the secret is shown. Keep it where the program finds it.</p>
          <Copy text={secret.value} label="Secret of the key" />
        </>
      )}
    </Form>
  );
}
