import { type RehearsalFacts, type RehearsalVerdict } from '@holdfast/audit';
import { NO_FIGURES, type RehearsalFigures, type RehearsalPromise } from '@holdfast/contracts';
import type { LoadResult, LoadSecond } from '@holdfast/load';

/** Counts so far, for those who watch. */
export class RunningFigures {
  private figures = NO_FIGURES;

  add(second: LoadSecond): RehearsalFigures {
    const { offered, held, paid, errors } = this.figures;
    this.figures = {
      ...this.figures,
      offered: {
        shoppers: offered.shoppers + second.offered,
        perSecondMax: Math.max(offered.perSecondMax, second.offered),
      },
      held: held + second.held,
      paid: paid + second.paid,
      errors: errors + second.errors,
    };
    return this.figures;
  }
}

/** What came out of the load itself. */
export function loadFigures(load: LoadResult): RehearsalFigures {
  const paid = [...load.log.holds.values()].filter(({ paidOrderId }) => paidOrderId !== null).length;
  return {
    ...NO_FIGURES,
    offered: {
      shoppers: load.seconds.reduce((sum, { offered }) => sum + offered, 0),
      perSecondMax: Math.max(0, ...load.seconds.map(({ offered }) => offered)),
    },
    held: load.log.holds.size,
    paid,
    refused: load.refused,
    errors: load.errors,
    steps: load.steps,
    soldOutAfterMs: load.soldOutAfterMs,
    liveAgeP99Ms: load.liveAgeP99Ms,
  };
}

/** The same with what the ledger says, and the judgement. */
export function judgedFigures(
  load: LoadResult,
  { books, verify }: RehearsalFacts,
  { promises }: RehearsalVerdict,
): RehearsalFigures {
  const measured = (name: string) => promises.find((promise) => promise.name === name);
  const money = measured('money-equals-orders');
  return {
    ...loadFigures(load),
    promises: promises.map(({ says: _says, ...promise }): RehearsalPromise => promise),
    oversold: Math.ceil(measured('no-oversell')?.measured ?? 0),
    money: { captured: books?.keptMinor ?? 0, ordered: books?.owedMinor ?? 0, ok: money?.ok ?? false },
    verify: {
      ok: verify.ok,
      invariants: verify.invariants.map(({ name, checked, broken }) => ({ name, checked, broken })),
    },
  };
}
