import { REHEARSAL_LIMITS } from '@holdfast/contracts';
import { type ArrivalsForecast, forecastArrivals } from './forecast-arrivals';
import type { PastDrops } from './past-drops';

/** The JSON document of `holdfast forecast`. */
export interface Forecast {
  dropId: string;
  /** False: too little history; then there is nothing but `madeFrom`. */
  enough: boolean;
  /** The past drops with arrivals, newest first. */
  madeFrom: { dropId: string; name: string; openedAt: string; arrivals: number; perSecondMax: number }[];
  expected: ArrivalsForecast['expected'] | null;
  error: ArrivalsForecast['error'];
  /** The words of `holdfast rehearse` for a crowd of that size. */
  rehearse: { shoppers: number; duration: number };
}

export function forecastReport({ drop, past }: PastDrops): Forecast {
  const used = past.filter(({ perSecond }) => perSecond.length > 0);
  const forecast = forecastArrivals(used);
  const { shoppersMax, secondsMin, secondsMax } = REHEARSAL_LIMITS;
  const within = (value: number, min: number, max: number) => Math.min(max, Math.max(min, value));
  return {
    dropId: drop.id,
    enough: forecast !== null,
    madeFrom: used.map(({ dropId, name, openedAt, perSecond }) => ({
      dropId,
      name,
      openedAt,
      arrivals: Math.round(perSecond.reduce((a, b) => a + b, 0)),
      perSecondMax: Math.ceil(Math.max(...perSecond)),
    })),
    expected: forecast?.expected ?? null,
    error: forecast?.error ?? null,
    rehearse: {
      shoppers: within(forecast?.expected.total ?? 0, 1, shoppersMax),
      duration: within(forecast?.expected.perSecond.length ?? 0, secondsMin, secondsMax),
    },
  };
}
