import { refused } from '../../server/body';
import type { Answer } from '../outcomes';

/** One page of a short list that is read whole; the cursor is the id of the last item of the page before. */
export function pageOf<T extends { id: string }>(
  all: readonly T[],
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  render: (item: T) => object,
): Answer {
  const last = cursor === undefined ? -1 : all.findIndex(({ id }) => id === cursor);
  if (cursor !== undefined && last < 0) {
    const { problem } = refused([{ pointer: '/cursor', message: 'is not a cursor of this list' }]);
    return { kind: 'problem', problem };
  }
  const items = all.slice(last + 1, last + 1 + limit);
  const isLast = last + 1 + limit >= all.length;
  const nextCursor = isLast ? null : items.at(-1)!.id;
  return { kind: 'sent', status: 200, body: JSON.stringify({ items: items.map(render), nextCursor }) };
}
