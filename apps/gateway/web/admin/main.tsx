import { render } from 'preact';
import { Announcer } from '../shared/parts/announcer';
import { lazy } from './parts/lazy';
import { Shell } from './parts/shell';
import { StepUpDialog } from './parts/step-up-dialog';
import { session } from './state/current';
import { takeLinkToken } from './state/link-token';
import { path } from './state/route';
import { LinkView } from './views/link-view';
import { MissingView } from './views/missing-view';
import { SignInView } from './views/sign-in-view';
import { UnreachableView } from './views/unreachable-view';

const DropsView = lazy(() => import('./views/drops-view').then((it) => it.DropsView));
const LaunchView = lazy(() => import('./views/launch-view').then((it) => it.LaunchView));
const EditDropView = lazy(() => import('./views/edit-drop-view').then((it) => it.EditDropView));
const NewDropView = lazy(() => import('./views/new-drop-view').then((it) => it.NewDropView));
const RehearsalsView = lazy(() => import('./views/rehearsals-view').then((it) => it.RehearsalsView));
const TimelineView = lazy(() => import('./views/timeline-view').then((it) => it.TimelineView));
const ProductsView = lazy(() => import('./views/products-view').then((it) => it.ProductsView));
const OrdersView = lazy(() => import('./views/orders-view').then((it) => it.OrdersView));
const AuditView = lazy(() => import('./views/audit-view').then((it) => it.AuditView));
const SettingsView = lazy(() => import('./views/settings-view').then((it) => it.SettingsView));
const RunbookView = lazy(() => import('./views/runbook-view').then((it) => it.RunbookView));

const linkToken = takeLinkToken();

function View() {
  const at = path.value;
  switch (at) {
    case '/admin':
      return <DropsView />;
    case '/admin/drops/new':
      return <NewDropView />;
    case '/admin/products':
      return <ProductsView />;
    case '/admin/orders':
      return <OrdersView />;
    case '/admin/audit':
      return <AuditView />;
    case '/admin/settings':
      return <SettingsView />;
  }
  const runbook = /^\/admin\/runbooks\/([\w-]+)$/.exec(at)?.[1];
  if (runbook) return <RunbookView key={runbook} name={runbook} />;
  const edited = /^\/admin\/drops\/([^/]+)\/edit$/.exec(at)?.[1];
  if (edited) return <EditDropView key={edited} dropId={decodeURIComponent(edited)} />;
  const told = /^\/admin\/drops\/([^/]+)\/timeline$/.exec(at)?.[1];
  if (told) return <TimelineView key={told} dropId={decodeURIComponent(told)} />;
  const rehearsed = /^\/admin\/drops\/([^/]+)\/rehearsals$/.exec(at)?.[1];
  if (rehearsed) return <RehearsalsView key={rehearsed} dropId={decodeURIComponent(rehearsed)} />;
  const dropId = /^\/admin\/drops\/([^/]+)$/.exec(at)?.[1];
  return dropId ? <LaunchView key={dropId} dropId={decodeURIComponent(dropId)} /> : <MissingView />;
}

function Admin() {
  const state = session.state.value;
  const usesLink = path.value === '/admin/link';
  return (
    <>
      <Shell key={session.person.value?.id ?? ''}>
        {usesLink ? (
          <LinkView token={linkToken} />
        ) : state === 'restoring' ? (
          <p class="loading" role="status">
            Loading…
          </p>
        ) : state === 'unreachable' ? (
          <UnreachableView />
        ) : state === 'signed-out' ? (
          <SignInView />
        ) : (
          <View />
        )}
      </Shell>
      <StepUpDialog />
      <Announcer />
    </>
  );
}

// With a link in hand nobody else's session is of interest.
if (path.value !== '/admin/link') void session.restore();
const root = document.getElementById('admin')!;
root.replaceChildren();
render(<Admin />, root);
