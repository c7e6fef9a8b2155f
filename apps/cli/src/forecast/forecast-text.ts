import { counted, grouped, table } from '../output/table';
import type { Colours } from '../output/terminal';
import { PAST_DROPS_MIN } from './forecast-arrivals';
import type { Forecast } from './forecast-report';

const ROWS = 12;
const BAR_WIDTH = 30;

/** The forecast for people: how many, when, and how far to believe it. */
export function forecastText(colours: Colours, forecast: Forecast): string {
  const { madeFrom, expected } = forecast;
  if (!expected) return `${tooLittle(forecast)}\n\n${madeFromText(colours, madeFrom)}`.trim();
  const { total, totalMin, totalMax, perSecondMax, perSecond } = expected;
  return [
    colours.bold(
      `${grouped(total)} requests for a hold are expected, at most ${grouped(Math.ceil(perSecondMax))} a second.`,
    ),
    `The past drops had from ${grouped(totalMin)} to ${grouped(totalMax)}.`,
    errorText(forecast),
    '',
    ...bars(perSecond),
    '',
    madeFromText(colours, madeFrom),
    '',
    `Rehearse them: npx holdfast rehearse --drop ${forecast.dropId} --shoppers ${forecast.rehearse.shoppers} --duration ${forecast.rehearse.duration}`,
  ].join('\n');
}

function tooLittle({ dropId, madeFrom }: Forecast): string {
  return `Too little history for a forecast of ${dropId}: ${counted(madeFrom.length, 'closed drop')} of its merchant had arrivals, and ${PAST_DROPS_MIN} are needed.`;
}

function errorText({ error }: Forecast): string {
  if (!error)
    return `How far that may be off is unknown: with ${PAST_DROPS_MIN} past drops none can be held back to test it.`;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return `For each of the ${error.heldBack} past drops, forecast from the others, it was off by ${percent(error.total)} in total, ${percent(error.peak)} in the busiest ten seconds and ${percent(error.perSecond)} second by second (medians).`;
}

/** Equal stretches of time with their mean rates. */
function bars(perSecond: readonly number[]): string[] {
  const step = Math.max(1, Math.ceil(perSecond.length / ROWS));
  const rows: { from: number; rate: number }[] = [];
  for (let from = 0; from < perSecond.length; from += step) {
    const part = perSecond.slice(from, from + step);
    rows.push({ from, rate: part.reduce((a, b) => a + b, 0) / part.length });
  }
  const most = Math.max(1, ...rows.map(({ rate }) => rate));
  return rows.map(({ from, rate }) => {
    const bar = '█'.repeat(Math.round((rate / most) * BAR_WIDTH));
    return `${`${from} s`.padStart(8)}  ${bar.padEnd(BAR_WIDTH)} ${rate.toFixed(1)} a second`;
  });
}

function madeFromText(colours: Colours, madeFrom: Forecast['madeFrom']): string {
  if (madeFrom.length === 0) return '';
  const rows = madeFrom.map((it) => [
    it.dropId,
    it.name.slice(0, 40),
    it.openedAt,
    it.arrivals,
    it.perSecondMax,
  ]);
  return table(colours, ['made from', 'name', 'opened at', 'arrivals', 'most a second'], rows);
}
