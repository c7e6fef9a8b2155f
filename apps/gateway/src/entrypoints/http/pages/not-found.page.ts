import { htmlPage } from './html';

export function notFoundPage(): string {
  return htmlPage(
    'Not found',
    '<h1>Page not found</h1><p>The address is wrong, or the page no longer exists.</p><p><a href="/">See all drops</a></p>',
  );
}
