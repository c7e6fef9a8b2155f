import { publicVersion } from '@holdfast/kernel';
import { z } from 'zod';
import { time } from './values';

/** What shoppers see of the counts: the numbers, how many are left in words, or nothing but whether any are. From the most to the least. */
export const STOCK_DISPLAYS = ['exact', 'bands', 'hidden'] as const;
export const stockDisplaySchema = z.enum(STOCK_DISPLAYS);
export type StockDisplay = z.infer<typeof stockDisplaySchema>;

export const BANDS = ['plenty', 'few', 'last', 'none'] as const;
export const bandSchema = z.enum(BANDS);
export type Band = z.infer<typeof bandSchema>;

/**
 * The ledger's word on a stock row of a drop that does not show its numbers. Version and time change with what shoppers see, and not with each
 * sale.
 */
export const shownSchema = z.object({ display: z.enum(['bands', 'hidden']), version: z.int(), at: time });
export type Shown = z.infer<typeof shownSchema>;

/** The same of all items of a drop together; the band is `some` for a hidden drop with units. */
export const shownTotalsSchema = z.object({
  band: z.enum([...BANDS, 'some']).nullable(),
  version: z.int(),
  at: time.nullable(),
});
export type ShownTotals = z.infer<typeof shownTotalsSchema>;

interface ExactStock {
  display: 'exact';
  available: number;
  held: number;
  sold: number;
  total: number;
}
interface BandedStock {
  display: 'bands';
  band: Band;
}
interface HiddenStock {
  display: 'hidden';
  soldOut: boolean;
}

/** What shoppers may see of some units, and since when. `version` only grows. */
export type ShownStock = (ExactStock | BandedStock | HiddenStock) & { version: number; asOf: string };

/** What shoppers may see, without when. */
export type Visible = ExactStock | BandedStock | HiddenStock;

interface Units {
  total: number;
  available: number;
  held: number;
  sold: number;
}

const LAST_UNITS = 3;
const NO_TIME = new Date(0).toISOString();

/** The band of a count of units: the rule of `inventory.shown_band`, with which a test compares it. */
export function bandOf(available: number, total: number): Band {
  if (available === 0) return 'none';
  if (available <= LAST_UNITS || available * 50 <= total) return 'last'; // 2 %
  return available * 5 >= total ? 'plenty' : 'few'; // 20 %
}

/** The display of two that shows less. */
export function lessOf(a: StockDisplay, b: StockDisplay): StockDisplay {
  return STOCK_DISPLAYS.indexOf(a) > STOCK_DISPLAYS.indexOf(b) ? a : b;
}

/** Of an instance of before there were displays, while others are newer: it writes the counts, and not what shoppers may see of them. */
export function isUnmarked({ unmarked }: { unmarked?: true | undefined }, display: StockDisplay): boolean {
  return unmarked === true && display !== 'exact';
}

/** Whether a row says what shoppers may see of the same counts, which the known one, of an instance of before, does not. */
export function completes(row: MarkedRow, known: MarkedRow): boolean {
  return (
    known.unmarked === true && !row.unmarked && row.epoch === known.epoch && row.version === known.version
  );
}

type MarkedRow = { epoch: number; version: number; unmarked?: true | undefined };

/** The version within its epoch that shoppers see of a row. The ledger's is never below 1, and the one of the counts may be above it. */
export function shownVersion(
  row: { version: number; shown?: Shown | undefined; unmarked?: true | undefined },
  display: StockDisplay,
): number {
  return row.shown?.version ?? (isUnmarked(row, display) ? 1 : row.version);
}

/**
 * What shoppers may see of a stock row. A row and the record of its drop arrive by different ways, so one may be from before a change of the
 * drop's display: the one that shows less counts.
 */
export function shownStock(
  row: Units & {
    epoch: number;
    version: number;
    asOf: string;
    shown?: Shown | undefined;
    unmarked?: true | undefined;
  },
  display: StockDisplay,
): ShownStock {
  const { shown, epoch } = row;
  const version = publicVersion({ epoch, version: shownVersion(row, display) });
  const asOf = shown?.at ?? (isUnmarked(row, display) ? NO_TIME : row.asOf);
  return { ...visible(row, lessOf(shown?.display ?? 'exact', display)), version, asOf };
}

/** The same, where less may be seen from now on. */
export function restricted(stock: ShownStock, display: StockDisplay): ShownStock {
  if (lessOf(stock.display, display) === stock.display) return stock;
  const { version, asOf } = stock;
  if (stock.display === 'exact') return { ...visible(stock, display), version, asOf };
  return { display: 'hidden', soldOut: isSoldOut(stock), version, asOf };
}

export function isSoldOut(stock: Visible): boolean {
  switch (stock.display) {
    case 'exact':
      return stock.available === 0;
    case 'bands':
      return stock.band === 'none';
    case 'hidden':
      return stock.soldOut;
  }
}

/** Whether shoppers see a difference between the two, other than the version. */
export function looksAlike(a: Visible, b: Visible): boolean {
  if (a.display === 'exact' || b.display === 'exact') return false;
  if (a.display === 'bands') return b.display === 'bands' && a.band === b.band;
  return b.display === 'hidden' && a.soldOut === b.soldOut;
}

function visible({ available, held, sold, total }: Units, display: StockDisplay): Visible {
  switch (display) {
    case 'exact':
      return { display, available, held, sold, total };
    case 'bands':
      return { display, band: bandOf(available, total) };
    case 'hidden':
      return { display, soldOut: available === 0 };
  }
}
