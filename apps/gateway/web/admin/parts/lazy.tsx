import type { ComponentType, FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A view whose script is loaded when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, draw] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (view) => {
          loaded = view;
          draw(1);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded) {
      const View = loaded;
      return <View {...props} />;
    }
    if (!failed)
      return (
        <p class="loading" role="status">
          Loading…
        </p>
      );
    return (
      <div class="notice notice-bad" role="alert">
        <strong>This part of the page could not be loaded</strong>
        <p>Check your connection, then reload the page. It may also have been updated since you opened it.</p>
        <button class="small" type="button" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  };
}
