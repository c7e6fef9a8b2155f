import { useMemo } from 'preact/hooks';
import { Dialog } from '../../parts/dialog';
import { Choice, Field, Form, Submit } from '../../parts/form';
import { FormState, valuesOf } from '../../state/form';
import { FAULTS, PROFILES, WHILE_SELLING } from '../../state/rehearsal-words';
import type { RehearsalsStore, Words } from '../../state/rehearsals-store';

/** What is left empty has the default of the server. */
export function StartDialog({ store, onClose }: { store: RehearsalsStore; onClose: () => void }) {
  const form = useMemo(() => new FormState(), []);
  const start = async (event: SubmitEvent) => {
    const values = valuesOf(event);
    const body: Words = {
      profile: values['profile'] as Words['profile'],
      faults: FAULTS.map(([name]) => name).filter((name) => values[`fault-${name}`] === 'on'),
    };
    const errors: Record<string, string> = {};
    for (const name of ['shoppers', 'duration', 'seed'] as const) {
      const text = values[name] ?? '';
      if (/^\d{1,10}$/.test(text)) body[name] = Number(text);
      else if (text !== '') errors[`/${name}`] = 'must be a whole number';
    }
    if (Object.keys(errors).length > 0) return form.reject(errors);
    if (values['whileSelling'] === 'on') body.whileSelling = true;
    const answer = await form.submit(() => store.begin(body, form.keyFor(body)));
    if (answer?.kind !== 'ok') return;
    store.take(answer.body);
    onClose();
  };
  return (
    <Dialog title="Rehearse this drop" onClose={onClose}>
      <Form state={form} onSubmit={(event) => void start(event)}>
        <Choice form={form} pointer="/profile" label="How shoppers arrive" name="profile">
          {PROFILES.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </Choice>
        <Field
          form={form}
          pointer="/shoppers"
          label="Shoppers"
          name="shoppers"
          inputMode="numeric"
          autocomplete="off"
          hint="Left empty: ten for each unit, 5,000 at most."
        />
        <Field
          form={form}
          pointer="/duration"
          label="Seconds in which they arrive"
          name="duration"
          inputMode="numeric"
          autocomplete="off"
          hint="Left empty: 30. The whole rehearsal takes about two minutes more."
        />
        <Field
          form={form}
          pointer="/seed"
          label="Seed"
          name="seed"
          inputMode="numeric"
          autocomplete="off"
          hint="The same seed sends the same shoppers. Left empty: a new one."
        />
        <fieldset class="checks" aria-describedby="faults-hint">
          <legend>What fails during the peak</legend>
          {FAULTS.map(([name, words]) => (
            <label key={name}>
              <input type="checkbox" name={`fault-${name}`} /> {words}
            </label>
          ))}
          <p class="soft fine" id="faults-hint">
            Only what this installation has started itself: of a product in one process that is PostgreSQL
            alone. With another fault the rehearsal fails at once and says so.
          </p>
        </fieldset>
        <label class="tick">
          <input type="checkbox" name="whileSelling" /> {WHILE_SELLING}
        </label>
        <div class="buttons">
          <button class="small" type="button" onClick={onClose}>
            Cancel
          </button>
          <Submit state={form} look="small accent">
            Start
          </Submit>
        </div>
      </Form>
    </Dialog>
  );
}
