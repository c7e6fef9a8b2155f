import { render } from 'preact';
import { Announcer } from '../shared/parts/announcer';
import { DropView } from './views/drop-view';
import { HomeView } from './views/home-view';
import { MissingView } from './views/missing-view';

const root = document.getElementById('shop')!;
/** The shop knows already that nothing is at this address, and has written so into the page. */
const missing = root.dataset['missing'] !== undefined;

function Shop() {
  const path = location.pathname;
  const drop = /^\/d\/([^/]+)\/?$/.exec(path)?.[1];
  return (
    <>
      {path === '/' ? (
        <HomeView />
      ) : drop && !missing ? (
        <DropView dropId={decodeURIComponent(drop)} />
      ) : (
        <MissingView />
      )}
      <Announcer />
    </>
  );
}

root.replaceChildren();
render(<Shop />, root);
