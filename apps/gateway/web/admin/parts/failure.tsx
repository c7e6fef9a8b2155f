import { useEffect } from 'preact/hooks';
import type { NoAnswer } from '../../shared/answer';
import { failureWords } from '../words';
import { Link } from './link';

/** Why something could not be shown (then with `retry`) or done, and what helps. `others`: errors that no field shows. */
export function Failure(props: {
  answer: NoAnswer;
  retry?: () => void;
  others?: { pointer: string; message: string }[];
}) {
  const { answer, retry, others = [] } = props;
  const { title, text } = failureWords(answer, retry !== undefined);
  const problem = answer.kind === 'problem' ? answer.problem : undefined;
  useEffect(() => {
    if (!retry || answer.kind !== 'unreachable') return undefined;
    addEventListener('online', retry);
    return () => removeEventListener('online', retry);
  }, [answer]);
  return (
    <div class="notice notice-bad">
      <div class="notice-text" role="alert">
        <strong>{title}</strong>
        <p>{text}</p>
        {others.length > 0 && (
          <ul class="faults">
            {others.map(({ pointer, message }) => (
              <li key={pointer}>
                <code>{pointer}</code> {message}
              </li>
            ))}
          </ul>
        )}
      </div>
      {problem?.code === 'mfa-required' && (
        <p>
          <Link to="/admin/settings">Turn it on in the settings</Link>
        </p>
      )}
      {/* Not said aloud: it is another one at each poll. */}
      {problem?.traceId && (
        <p class="fine soft">
          Trace <code>{problem.traceId}</code>
        </p>
      )}
      {retry && (
        <button class="small" type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
