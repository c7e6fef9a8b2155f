import { limitWords, margin, measuredWords, percent, PROMISE_WORDS } from '../../state/rehearsal-words';
import type { Rehearsal } from '../../state/types';

type Promised = Rehearsal['promises'][number];

/** Each promise with its limit; on a narrow screen it scrolls, also by the keyboard. */
export function PromisesTable({ promises }: { promises: readonly Promised[] }) {
  return (
    <div class="table short-cells" role="region" aria-label="Promises with their limits" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Promise</th>
            <th scope="col">Limit</th>
            <th scope="col">Measured</th>
            <th scope="col">Margin</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {promises.map((it) => (
            <tr key={it.name}>
              <th scope="row">{PROMISE_WORDS[it.name].says}</th>
              <td>{limitWords(it)}</td>
              <td>{measuredWords(it)}</td>
              <td>{marginOf(it)}</td>
              <td>
                <Kept ok={it.ok} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Kept({ ok }: { ok: boolean }) {
  return <span class={ok ? 'kept' : 'broken'}>{ok ? '✓ held' : '✗ broke'}</span>;
}

function marginOf(promise: Promised): string {
  const share = margin(promise);
  return share === null ? '–' : share < 0 ? `−${percent(-share)}` : percent(share);
}
