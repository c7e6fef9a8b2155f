import { Link } from '../parts/link';
import { PageTitle } from '../parts/page-title';

export function MissingView() {
  return (
    <div class="plain">
      <PageTitle title="Page not found" />
      <p>The address is wrong, or the page no longer exists.</p>
      <p>
        <Link to="/admin">Go to the start</Link>
      </p>
    </div>
  );
}
