import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { formatMoment } from '../../../shared/duration';
import { Confirm } from '../../parts/confirm';
import { Copy } from '../../parts/copy';
import { Choice, Field, Form, Submit } from '../../parts/form';
import { Failure } from '../../parts/failure';
import { Listed } from '../../parts/listed';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState, valuesOf } from '../../state/form';
import { List } from '../../state/list';
import type { Member, StaffRole } from '../../state/types';

const ROLES: readonly [StaffRole, string][] = [
  ['viewer', 'Viewer: sees everything but the audit'],
  ['staff', 'Staff: runs drops, products and orders'],
  ['owner', 'Owner: also people, keys, settings, audit'],
];

/** The people of the merchant: invited, given a role, removed. */
export function StaffSection() {
  const people = useMemo(
    () => new List((api, query) => api.GET('/v1/admin/staff', { params: { query } })),
    [],
  );
  useEffect(() => void people.search(), []);
  return (
    <Section title="People">
      <Listed of={people} empty={<p>Nobody yet.</p>}>
        {(items) => (
          <ul class="rows-list">
            {items.map((member) => (
              <MemberRow key={member.id} member={member} onChanged={() => void people.search()} />
            ))}
          </ul>
        )}
      </Listed>
      <Invite onInvited={() => void people.search()} />
    </Section>
  );
}

function MemberRow({ member, onChanged }: { member: Member; onChanged: () => void }) {
  const role = useMemo(() => new FormState(), []);
  const removal = useMemo(() => new FormState(), []);
  const asks = useSignal(false);
  const params = { path: { staffId: member.id } };
  const isSelf = member.id === session.person.value?.id;
  const change = async (select: HTMLSelectElement) => {
    const body = { role: select.value as StaffRole };
    const ask = () => session.call((api) => api.PATCH('/v1/admin/staff/{staffId}', { params, body }));
    const answer = await role.submit(ask, 'Saved.');
    if (answer) onChanged();
    else select.value = member.role;
  };
  const remove = async () => {
    const ask = () => session.call((api) => api.DELETE('/v1/admin/staff/{staffId}', { params }));
    if (!(await removal.submit(ask))) return;
    asks.value = false;
    onChanged();
  };
  return (
    <li class="row">
      <div class="row-text">
        <strong>
          {member.name}
          {isSelf && ' (you)'}
        </strong>
        <span class="soft fine">{member.email}</span>
        <span class="soft fine">
          {member.joined ? `Since ${formatMoment(member.createdAt)}` : 'Invited, has not joined yet'}
          {member.mfa && ' · two-factor sign-in'}
        </span>
      </div>
      <div class="row-actions">
        <div class="select">
          <select
            aria-label={`Role of ${member.email}`}
            disabled={role.busy.value || isSelf}
            onChange={(event) => void change(event.currentTarget)}
          >
            {ROLES.map(([value]) => (
              <option key={value} value={value} selected={value === member.role}>
                {value}
              </option>
            ))}
          </select>
        </div>
        {!isSelf && (
          <button class="small" type="button" onClick={() => (asks.value = true)}>
            Remove <span class="unseen">{member.email}</span>
          </button>
        )}
      </div>
      <p class="done" role="status">
        {role.done}
      </p>
      {role.failure.value && <Failure answer={role.failure.value} />}
      {asks.value && (
        <Confirm
          title={`Remove ${member.name}?`}
          state={removal}
          action="Remove"
          onConfirm={() => void remove()}
          onClose={() => (asks.value = false)}
        >
          <p>{member.email} is signed out everywhere within five seconds. API keys that they made stay.</p>
        </Confirm>
      )}
    </li>
  );
}

function Invite({ onInvited }: { onInvited: () => void }) {
  const form = useMemo(() => new FormState(), []);
  const invited = useSignal<{ email: string; inviteUrl: string } | null>(null);
  const invite = async (event: SubmitEvent) => {
    const { email = '', name = '', role = '' } = valuesOf(event);
    const element = event.currentTarget as HTMLFormElement;
    const body = { email, name, role: role as StaffRole };
    const params = { header: { 'Idempotency-Key': form.keyFor(body) } };
    invited.value = null;
    const answer = await form.submit(
      () => session.call((api) => api.POST('/v1/admin/staff', { params, body })),
      `${email} is invited.`,
    );
    if (answer?.kind !== 'ok') return;
    invited.value = answer.body;
    element.reset();
    onInvited();
  };
  return (
    <Form state={form} label="Invite somebody" onSubmit={(event) => void invite(event)}>
      <h3>Invite somebody</h3>
      <div class="columns">
        <Field form={form} pointer="/email" label="Email" name="email" type="email" autocomplete="off" />
        <Field form={form} pointer="/name" label="Name" name="name" autocomplete="off" />
        <Choice form={form} pointer="/role" label="Role" name="role">
          {ROLES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Choice>
      </div>
      <Submit state={form} look="small accent">
        Invite
      </Submit>
      {invited.value && (
        <>
          <p>
            Send this link to {invited.value.email}. It works once, within an hour, and is not shown again.
          </p>
          <Copy text={invited.value.inviteUrl} label="One-time link" />
        </>
      )}
    </Form>
  );
}
