import { useEffect, useMemo } from 'preact/hooks';
import { Loaded } from '../parts/loaded';
import { PageTitle } from '../parts/page-title';
import { Resource } from '../state/resource';
import { go } from '../state/route';
import { MissingView } from './missing-view';

interface Runbook {
  title: string;
  /** Made from the repository's own text when the page was built. */
  html: string;
}

const FOLDER = '../../../../../docs/runbooks';
const RUNBOOKS = import.meta.glob<Runbook>(
  ['../../../../../docs/runbooks/*.md', '!../../../../../docs/runbooks/README.md'],
  {
    import: 'default',
  },
);

/** What to do when something is wrong, as in the repository. It is on the page, so that it is there when nothing else is. */
export function RunbookView({ name }: { name: string }) {
  const load = RUNBOOKS[`${FOLDER}/${name}.md`];
  const runbook = useMemo(
    () =>
      new Resource<Runbook>(() =>
        load!().then(
          (body) => ({ kind: 'ok', status: 200, body, replayed: false }),
          () => ({ kind: 'unreachable' }),
        ),
      ),
    [load],
  );
  useEffect(() => {
    if (load) void runbook.reload();
  }, [runbook]);
  if (!load) return <MissingView />;
  return (
    <Loaded of={runbook}>
      {({ title, html }) => (
        <>
          <PageTitle title={title} />
          <p class="soft">For who operates the product: the commands need a shell on its machine.</p>
          <div class="section prose" onClick={followWithin} dangerouslySetInnerHTML={{ __html: html }} />
        </>
      )}
    </Loaded>
  );
}

/** Links between runbooks stay within this page. */
function followWithin(event: MouseEvent): void {
  const link = (event.target as Element).closest('a');
  const to = link?.getAttribute('href');
  if (!to?.startsWith('/admin/') || event.button !== 0 || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go(to);
}
