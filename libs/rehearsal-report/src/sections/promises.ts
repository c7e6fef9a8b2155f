import type { Rehearsal, RehearsalPromise } from '@holdfast/contracts';
import { percent } from '../amounts';
import { markup, type Markup } from '../markup';
import { limitSigns, margin, measuredWords, PROMISE_WORDS } from '../verdict';
import { figuresTable, kept } from './table';

export function promisesSection({ promises }: Rehearsal): Markup {
  if (promises.length === 0) return markup`<section><h2>Promises</h2><p>No promise was judged.</p></section>`;
  const rows = promises.map((promise) => [
    markup`${PROMISE_WORDS[promise.name].says} <code>${promise.name}</code>`,
    limitSigns(promise),
    measuredWords(promise),
    marginWords(promise),
    kept(promise.ok),
  ]);
  return markup`<section><h2>Promises</h2>
${figuresTable('Each promise with its limit', ['Promise', 'Limit', 'Measured', 'Margin', 'Result'], rows, 'stacked')}
<p class="soft fine">Margin: how much of the limit is left. Latencies count from the moment at which the shopper wanted to send the request.</p></section>`;
}

function marginWords(promise: RehearsalPromise): string {
  const share = margin(promise);
  if (share === null) return '–';
  return share < 0 ? `−${percent(-share)}` : percent(share);
}
