import type { Rehearsal, RehearsalEvidence } from '@holdfast/contracts';
import { count, counted, duration, moment } from '../amounts';
import { apart, markup, type Markup } from '../markup';
import { moreWords, verdictSentence } from '../verdict';

/** Verdict and main figures. */
export function headSection(rehearsal: Rehearsal, evidence: RehearsalEvidence | null): Markup {
  const { verdict, startedAt, endedAt, dropId, id } = rehearsal;
  const name = evidence?.drop.name ?? dropId;
  const kind = verdict ?? 'none';
  const [title = '', reason = ''] = verdictSentence(rehearsal).split(/: (.*)/s);
  const more = moreWords(rehearsal);
  const sign = { go: '✓ ', 'no-go': '✗ ', none: '' }[kind];
  return markup`<header><p class="soft">Holdfast · report of a load rehearsal</p>
<h1>${apart(name)}</h1>
<p class="soft">Drop ${dropId} · rehearsal ${id} · ${moment(startedAt)}${endedAt !== null && ` to ${moment(endedAt)}`}</p>
<div class="verdict verdict-${kind}"><strong>${sign}${title}</strong><p>${reason.charAt(0).toUpperCase() + reason.slice(1)}</p>${more !== '' && markup`<p class="soft fine">${apart(more)}</p>`}</div>
</header>
<dl class="numbers">${numbers(rehearsal).map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function numbers(rehearsal: Rehearsal): [string, string][] {
  const { offered, held, paid, errors, soldOutAfterMs, safeAdmissionPerMinute } = rehearsal;
  return [
    ['Shoppers', count(offered.shoppers)],
    ['At most a second', count(Math.round(offered.perSecondMax))],
    ['Held', count(held)],
    ['Paid', count(paid)],
    ['Errors', count(errors)],
    ['Sold out after', soldOutAfterMs === null ? 'not sold out' : duration(soldOutAfterMs)],
    [
      'Safe rate',
      safeAdmissionPerMinute === null ? 'not found' : `${count(safeAdmissionPerMinute)} a minute`,
    ],
  ];
}

/** Of one that ended early: what the report lacks, in a sentence. */
export function withoutEvidence({ settings, offered }: Rehearsal): Markup {
  const words =
    offered.shoppers === 0
      ? 'Nothing: the rehearsal ended before its first shopper arrived.'
      : `The rehearsal ended early, after ${count(offered.shoppers)} of ${counted(settings.shoppers, 'shopper')} had arrived. The figures above are those of that moment; those of single seconds were not kept.`;
  return markup`<section><h2>What was measured</h2><p>${words}</p></section>`;
}
