import { MODE } from './product';

const leftOut = (_title: string, _body: () => Promise<void>, _timeoutMs?: number) => undefined;

/**
 * `it` for what no mode could change, such as what a page does by itself, or with answers that the test gives: it runs in the standalone suite alone.
 * docs/testing.md says which promise is covered where.
 */
export const once = MODE === 'cluster' ? Object.assign(leftOut, { concurrent: leftOut }) : it;
