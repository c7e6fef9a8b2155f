import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Link } from '../parts/link';
import { Listed } from '../parts/listed';
import { PageTitle } from '../parts/page-title';
import { Section } from '../parts/section';
import { session } from '../state/current';
import { wantsRehearsal } from '../state/rehearsal-wish';
import { RehearsalsStore } from '../state/rehearsals-store';
import { Comparison } from './rehearsals/comparison';
import { Running } from './rehearsals/running';
import { EarlierRow } from './rehearsals/earlier-row';
import { StartDialog } from './rehearsals/start-dialog';
import { VerdictSection } from './rehearsals/verdict-section';

/** The rehearsals of a drop: one that runs, the newest verdict, and the earlier ones to compare. */
export function RehearsalsView({ dropId }: { dropId: string }) {
  const store = useMemo(() => new RehearsalsStore(dropId), [dropId]);
  const mayRun = session.can('rehearsals:run');
  const isAsked = useSignal(mayRun && wantsRehearsal.peek());
  const chosen = useSignal<readonly string[]>([]);
  const shown = useSignal<string | null>(null);
  useEffect(() => {
    wantsRehearsal.value = false;
    store.start();
    return () => store.stop();
  }, [store]);
  const running = store.running.value;
  // When it has ended its verdict is shown, and not that of an earlier one.
  useEffect(() => {
    if (running) shown.value = null;
  }, [running?.id]);
  const choose = (id: string) => {
    const others = chosen.value.filter((it) => it !== id);
    // A third one takes the place of the one that was chosen first.
    chosen.value = others.length < chosen.value.length ? others : [...others, id].slice(-2);
  };
  return (
    <>
      <PageTitle title="Rehearsals">
        <Link to={`/admin/drops/${encodeURIComponent(dropId)}`} class="small">
          Back to the drop
        </Link>
        {mayRun && (
          <button
            class="small accent"
            type="button"
            disabled={running !== null}
            onClick={() => (isAsked.value = true)}
          >
            Rehearse
          </button>
        )}
      </PageTitle>
      <p class="soft">
        A rehearsal sells a copy of the drop to shoppers that are made up, on this installation, and says
        whether the launch would hold. Nobody is charged, and no shopper sees the copy.
      </p>
      {running && <Running store={store} rehearsal={running} />}
      <Listed of={store.list} empty={<p>Nothing was rehearsed yet.</p>}>
        {(items) => {
          const ended = items.filter(({ state }) => state !== 'running');
          const one = ended.find(({ id }) => id === shown.value) ?? ended[0];
          const pair = chosen.value.flatMap((id) => ended.find((it) => it.id === id) ?? []);
          return (
            <>
              {one && <VerdictSection key={one.id} store={store} rehearsal={one} />}
              {ended.length > 1 && (
                <Section title="Earlier rehearsals">
                  <p class="soft">Choose two to see them side by side.</p>
                  <ul class="rows-list">
                    {ended.map((it) => (
                      <EarlierRow
                        key={it.id}
                        rehearsal={it}
                        isChosen={chosen.value.includes(it.id)}
                        isShown={it === one}
                        onChoose={() => choose(it.id)}
                        onShow={() => (shown.value = it.id)}
                      />
                    ))}
                  </ul>
                </Section>
              )}
              {pair.length === 2 && <Comparison one={pair[0]!} other={pair[1]!} />}
            </>
          );
        }}
      </Listed>
      {isAsked.value && <StartDialog store={store} onClose={() => (isAsked.value = false)} />}
    </>
  );
}
