import type { ComponentChildren } from 'preact';
import type { List } from '../state/list';
import { Loaded } from './loaded';

/** The pages of a list so far, with a button for the next one. `empty` is shown where there is nothing. */
export function Listed<T>(props: {
  of: List<T>;
  empty: ComponentChildren;
  children: (items: readonly T[]) => ComponentChildren;
}) {
  const { of, empty, children } = props;
  return (
    <Loaded of={of.pages}>
      {({ items, nextCursor }) => (
        <>
          {items.length === 0 ? <div class="empty">{empty}</div> : children(items)}
          {nextCursor && (
            <div class="more">
              {of.more.value === 'failed' && <p role="status">Could not load more. Please try again.</p>}
              <button class="small" type="button" onClick={() => void of.loadMore()}>
                {of.more.value === 'busy' ? 'Loading…' : 'Show more'}
              </button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
