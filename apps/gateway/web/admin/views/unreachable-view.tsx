import { Failure } from '../parts/failure';
import { PageTitle } from '../parts/page-title';
import { session } from '../state/current';

const WRONG_ADDRESS = 'Open this page at the address that is set as HOLDFAST_PUBLIC_ADDRESS.';

/** Whether somebody is signed in could not be asked, or was not answered. */
export function UnreachableView() {
  const answer = session.refusal.value;
  // Only a page at another address than the server's own is forbidden to ask; the API's words are for programs.
  const shown =
    answer.kind === 'problem' && answer.status === 403
      ? { ...answer, problem: { ...answer.problem, detail: WRONG_ADDRESS } }
      : answer;
  return (
    <div class="plain">
      <PageTitle title={answer.kind === 'unreachable' ? 'No connection' : 'Signing in is not possible'} />
      <Failure answer={shown} retry={() => void session.restore()} />
    </div>
  );
}
