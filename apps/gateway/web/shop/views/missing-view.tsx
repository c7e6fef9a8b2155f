import { useEffect } from 'preact/hooks';
import { Frame } from '../parts/frame';

export function MissingView() {
  useEffect(() => {
    document.title = 'Not found · Holdfast';
  }, []);
  return (
    <Frame>
      <div class="plain">
        <h1>Drop not found</h1>
        <p>The address is wrong, or the drop has not been published yet.</p>
        <a class="main" href="/">
          See all drops
        </a>
      </div>
    </Frame>
  );
}
