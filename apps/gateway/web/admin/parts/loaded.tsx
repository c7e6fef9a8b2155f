import type { ComponentChildren } from 'preact';
import type { Resource } from '../state/resource';
import { Failure } from './failure';

/** What a resource has to show: its data, that it is loading, or why there is none. Data stay visible when a later answer fails to come. */
export function Loaded<T>(props: { of: Resource<T>; children: (data: T) => ComponentChildren }) {
  const { of, children } = props;
  const data = of.data.value;
  const failure = of.failure.value;
  const retry = () => void of.reload();
  if (failure === null && data === null)
    return (
      <p class="loading" role="status">
        Loading…
      </p>
    );
  return (
    <>
      {failure && <Failure answer={failure} retry={retry} />}
      {data !== null && children(data)}
    </>
  );
}
