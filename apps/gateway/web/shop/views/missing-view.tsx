import { useEffect } from 'preact/hooks';
import { Frame } from '../parts/frame';

export function MissingView() {
  useEffect(() => {
    document.title = 'Not found · Holdfast';
  }, []);
  return (
    <Frame>
      <div class="plain">
        <h1>There is no such drop</h1>
        <p>The address is wrong, or the drop is not public yet.</p>
        <a class="main" href="/">
          See all drops
        </a>
      </div>
    </Frame>
  );
}
