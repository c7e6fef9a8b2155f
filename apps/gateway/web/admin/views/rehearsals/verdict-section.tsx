import { useMemo } from 'preact/hooks';
import { formatSecond } from '../../../shared/duration';
import { Failure } from '../../parts/failure';
import { saveFile } from '../../parts/save-file';
import { Section } from '../../parts/section';
import { session } from '../../state/current';
import { FormState } from '../../state/form';
import { count, duration, moreWords, outcomeOf, verdictSentence } from '../../state/rehearsal-words';
import type { RehearsalsStore } from '../../state/rehearsals-store';
import type { Rehearsal } from '../../state/types';
import { PromisesTable } from './promises-table';

/** What came out of one rehearsal, and what can be done with it. */
export function VerdictSection({ store, rehearsal }: { store: RehearsalsStore; rehearsal: Rehearsal }) {
  const { settings, startedAt, bottleneck, promises, state } = rehearsal;
  const more = moreWords(rehearsal);
  return (
    <Section title="Verdict">
      <div class={`verdict verdict-${outcomeOf(rehearsal)}`}>
        <p>{verdictSentence(rehearsal)}</p>
        {more !== '' && <p class="fine">{more}</p>}
        <p class="soft fine">
          {formatSecond(startedAt)} · {settings.profile}, {count(settings.shoppers)} shoppers in{' '}
          {duration(settings.duration * 1_000)}
          {settings.faults.length > 0 && `, faults: ${settings.faults.join(', ')}`}
        </p>
      </div>
      {promises.length > 0 && <PromisesTable promises={promises} />}
      {bottleneck && (
        <p>
          {bottleneck.what !== 'nothing' && `Bottleneck: ${bottleneck.what}. `}
          {bottleneck.evidence}
        </p>
      )}
      {promises.length > 0 && state !== 'stopped' && <ReportButtons store={store} rehearsal={rehearsal} />}
      <SafeRate store={store} rehearsal={rehearsal} />
    </Section>
  );
}

function ReportButtons({ store, rehearsal }: { store: RehearsalsStore; rehearsal: Rehearsal }) {
  const form = useMemo(() => new FormState(), []);
  const open = async () => {
    // At once, because of the click; a browser would block a window that is opened when the answer is there.
    const tab = window.open('', '_blank');
    const answer = await form.submit(() => store.report(rehearsal));
    if (answer?.kind !== 'ok') tab?.close();
    else if (tab) tab.location.href = URL.createObjectURL(answer.body);
    // The browser opens no window for this page.
    else saveFile(answer.body, nameOf(rehearsal));
  };
  const save = async () => {
    const answer = await form.submit(() => store.report(rehearsal));
    if (answer?.kind === 'ok') saveFile(answer.body, nameOf(rehearsal));
  };
  return (
    <>
      <div class="buttons">
        <button class="small" type="button" disabled={form.busy} onClick={() => void open()}>
          Open the report
        </button>
        <button class="small" type="button" disabled={form.busy} onClick={() => void save()}>
          Download the report
        </button>
      </div>
      {form.failure.value && <Failure answer={form.failure.value} />}
    </>
  );
}

const nameOf = ({ id }: Rehearsal) => `rehearsal-${id}.html`;

function SafeRate({ store, rehearsal }: { store: RehearsalsStore; rehearsal: Rehearsal }) {
  const form = useMemo(() => new FormState(), []);
  const { safeAdmissionPerMinute: safe } = rehearsal;
  if (safe === null) return null;
  const use = () =>
    form.submit(() => store.admit(rehearsal), `The drop admits ${count(safe)} new holds a minute.`);
  return (
    <>
      <p>
        Safe admission rate: <strong>{count(safe)}</strong> new holds a minute. More than that are asked to
        try again.
      </p>
      {session.can('drops:write') && (
        <button class="small" type="button" disabled={form.busy} onClick={() => void use()}>
          Use this safe rate
        </button>
      )}
      {form.failure.value && <Failure answer={form.failure.value} />}
      <p class="done" role="status">
        {form.done}
      </p>
    </>
  );
}
