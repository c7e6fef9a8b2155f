import { spoken } from '../announce';

export function Announcer() {
  return (
    <div class="unseen" aria-live="polite" role="status">
      {spoken}
    </div>
  );
}
