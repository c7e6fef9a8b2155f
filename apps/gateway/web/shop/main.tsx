import { render } from 'preact';
import { Announcer } from './parts/announcer';
import { DropView } from './views/drop-view';
import { HomeView } from './views/home-view';
import { MissingView } from './views/missing-view';

function Shop() {
  const path = location.pathname;
  const drop = /^\/d\/([^/]+)\/?$/.exec(path)?.[1];
  return (
    <>
      {path === '/' ? <HomeView /> : drop ? <DropView dropId={decodeURIComponent(drop)} /> : <MissingView />}
      <Announcer />
    </>
  );
}

render(<Shop />, document.getElementById('shop')!);
