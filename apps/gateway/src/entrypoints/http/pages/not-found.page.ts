import { htmlPage } from './html';

export function notFoundPage(): string {
  return htmlPage(
    'Not found',
    '<h1>There is nothing here</h1><p>The address is wrong, or what it led to is gone.</p><p><a href="/">See all drops</a></p>',
  );
}
