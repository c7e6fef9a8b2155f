import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Confirm } from '../../parts/confirm';
import { Dialog } from '../../parts/dialog';
import { Failure } from '../../parts/failure';
import { Field, Form, Submit } from '../../parts/form';
import { Link } from '../../parts/link';
import { session } from '../../state/current';
import { STEPS } from '../../state/drop-steps';
import { FormState, valuesOf } from '../../state/form';
import type { LaunchStore } from '../../state/launch-store';
import { go } from '../../state/route';
import { instantOf, localOf } from '../../state/times';
import type { AdminDrop } from '../../state/types';

/** What can be done now. Pausing takes one press: under stress nobody reads a question. */
export function StepButtons({ drop, store }: { drop: AdminDrop; store: LaunchStore }) {
  // Each apart: a drop can be paused whatever else is in flight.
  const pause = useMemo(() => new FormState(), []);
  const resume = useMemo(() => new FormState(), []);
  const step = useMemo(() => new FormState(), []);
  const asked = useSignal<'open' | 'close' | 'delete' | 'schedule' | null>(null);
  const state = store.state.value;
  const can = STEPS[state];
  if (!session.can('drops:write')) return null;
  const flip = (form: FormState, what: 'pause' | 'resume') => {
    pause.failure.value = null;
    resume.failure.value = null;
    void form.submit(() => store.act(what));
  };
  const act = async (what: 'open' | 'close') => {
    if (await step.submit(() => store.act(what))) asked.value = null;
  };
  const remove = async () => {
    const answer = await step.submit(() =>
      session.call((api) => api.DELETE('/v1/admin/drops/{dropId}', { params: store.params })),
    );
    if (answer) go('/admin');
  };
  const duplicate = async () => {
    const params = { ...store.params, header: { 'Idempotency-Key': step.keyFor('duplicate') } };
    const answer = await step.submit(() =>
      session.call((api) => api.POST('/v1/admin/drops/{dropId}/duplicate', { params })),
    );
    if (answer?.kind === 'ok') go(`/admin/drops/${encodeURIComponent(answer.body.id)}`);
  };
  const close = () => {
    step.failure.value = null;
    asked.value = null;
  };
  return (
    <div class="steps">
      {can.includes('pause') && (
        <button class="pause" type="button" disabled={pause.busy} onClick={() => flip(pause, 'pause')}>
          {pause.busy.value ? 'Pausing…' : 'Pause'}
        </button>
      )}
      {can.includes('resume') && (
        <button class="main" type="button" disabled={resume.busy} onClick={() => flip(resume, 'resume')}>
          Resume
        </button>
      )}
      <div class="buttons">
        {can.includes('schedule') && (
          <button class="small accent" type="button" onClick={() => (asked.value = 'schedule')}>
            {state === 'scheduled' ? 'Move the time' : 'Schedule'}
          </button>
        )}
        {can.includes('open') && (
          <button class="small" type="button" onClick={() => (asked.value = 'open')}>
            Open now
          </button>
        )}
        {can.includes('close') && (
          <button class="small" type="button" onClick={() => (asked.value = 'close')}>
            Close
          </button>
        )}
        {state !== 'closed' && (
          <Link to={`/admin/drops/${encodeURIComponent(drop.id)}/edit`} class="small">
            Edit
          </Link>
        )}
        <button class="small" type="button" disabled={step.busy} onClick={() => void duplicate()}>
          Duplicate
        </button>
        {can.includes('delete') && (
          <button class="small" type="button" onClick={() => (asked.value = 'delete')}>
            Delete
          </button>
        )}
      </div>
      {pause.failure.value && <Failure answer={pause.failure.value} />}
      {resume.failure.value && <Failure answer={resume.failure.value} />}
      {asked.value === null && step.failure.value && <Failure answer={step.failure.value} />}
      {asked.value === 'schedule' && <Schedule drop={drop} store={store} onClose={close} />}
      {asked.value === 'open' && (
        <Confirm
          title={`Open ${drop.name} now?`}
          state={step}
          action="Open now"
          onConfirm={() => void act('open')}
          onClose={close}
        >
          <p>Shoppers can place holds at once.</p>
        </Confirm>
      )}
      {asked.value === 'close' && (
        <Confirm
          title={`Close ${drop.name}?`}
          state={step}
          action="Close for good"
          onConfirm={() => void act('close')}
          onClose={close}
        >
          <p>A closed drop does not open again. Shoppers with a hold can still pay until it expires.</p>
        </Confirm>
      )}
      {asked.value === 'delete' && (
        <Confirm
          title={`Delete ${drop.name}?`}
          state={step}
          action="Delete"
          onConfirm={() => void remove()}
          onClose={close}
        >
          <p>It cannot be brought back.</p>
        </Confirm>
      )}
    </div>
  );
}

function Schedule(props: { drop: AdminDrop; store: LaunchStore; onClose: () => void }) {
  const { drop, store, onClose } = props;
  const form = useMemo(() => new FormState(), []);
  const schedule = async (event: SubmitEvent) => {
    const { opensAt = '', closesAt = '' } = valuesOf(event);
    if (opensAt === '') return form.reject({ '/opensAt': 'is needed' });
    const body = { opensAt: instantOf(opensAt), ...(closesAt ? { closesAt: instantOf(closesAt) } : {}) };
    if (await form.submit(() => store.schedule(body))) onClose();
  };
  return (
    <Dialog title="When it opens" onClose={onClose}>
      <Form state={form} onSubmit={(event) => void schedule(event)}>
        <Field
          form={form}
          pointer="/opensAt"
          label="Opens at"
          name="opensAt"
          type="datetime-local"
          defaultValue={localOf(drop.opensAt)}
          hint="In the time zone of this computer. It opens by the server's clock."
        />
        <Field
          form={form}
          pointer="/closesAt"
          label="Closes at"
          name="closesAt"
          type="datetime-local"
          defaultValue={localOf(drop.closesAt)}
          hint="Left empty it stays open until you close it."
        />
        <div class="buttons">
          <button class="small" type="button" onClick={onClose}>
            Cancel
          </button>
          <Submit state={form} look="small accent">
            Schedule
          </Submit>
        </div>
      </Form>
    </Dialog>
  );
}
