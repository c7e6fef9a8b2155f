import type { Rehearsal } from '@holdfast/contracts';
import {
  limitWords,
  measuredWords,
  moreWords,
  repeatCommand,
  verdictSentence,
} from '@holdfast/rehearsal-report';
import { counted, grouped, table } from '../output/table';
import type { Colours } from '../output/terminal';

/** A rehearsal for people: the verdict first. */
export function rehearsalText(colours: Colours, rehearsal: Rehearsal): string {
  const { verdict, promises, safeAdmissionPerMinute: safe } = rehearsal;
  const colour = { go: colours.green, 'no-go': colours.red, none: colours.yellow }[verdict ?? 'none'];
  const rows = promises.map((promise) => [
    promise.ok ? colours.green('held') : colours.red('BROKE'),
    promise.name,
    limitWords(promise),
    measuredWords(promise),
  ]);
  return [
    colour(plain(verdictSentence(rehearsal))),
    ...[moreWords(rehearsal)].filter((more) => more !== '').map(plain),
    '',
    ...(rows.length > 0 ? [table(colours, ['', 'promise', 'limit', 'measured'], rows), ''] : []),
    ...figuresOf(rehearsal),
    ...(safe === null ? [] : [`Safe admission rate: ${grouped(safe)} new holds a minute.`]),
    `Repeat it: ${repeatCommand(rehearsal)}`,
  ].join('\n');
}

/** Without characters that a terminal would obey: a failure may quote the log of the generator. */
export const plain = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

function figuresOf({ offered, held, paid, errors, refused, bottleneck }: Rehearsal): string[] {
  if (offered.shoppers === 0) return [];
  const refusals = Object.values(refused).reduce((a, b) => a + b, 0);
  return [
    `${counted(offered.shoppers, 'shopper')}, at most ${grouped(Math.round(offered.perSecondMax))} a second: ${grouped(held)} held, ${grouped(paid)} paid, ${grouped(refusals)} refused, ${counted(errors, 'error')}.`,
    ...(bottleneck
      ? [
          `Bottleneck: ${plain(bottleneck.what === 'nothing' ? '' : `${bottleneck.what}. `)}${plain(bottleneck.evidence)}`,
        ]
      : []),
  ];
}
