import type { Provider } from '@nestjs/common';
import { Clock } from '@holdfast/kernel';
import { Logger, Metrics } from '@holdfast/observability';
import { LimitStore } from '../../application/ports/limit-store.port';
import { SharedBudgets } from '../../application/ports/shared-budgets.port';
import { GcraStorage } from './gcra-storage';
import { LeasedLimits } from './leased-limits';
import { SharingState } from './sharing-state';

/** The limits are shared when the imported module exports `SharedBudgets`, and this process's own otherwise. */
export const limitProviders: Provider[] = [
  {
    provide: LimitStore,
    inject: [{ token: SharedBudgets, optional: true }, Clock, Logger, Metrics],
    useFactory: (budgets: SharedBudgets | undefined, clock: Clock, logger: Logger, metrics: Metrics) =>
      budgets
        ? new LeasedLimits(budgets, clock, new SharingState(clock, logger, metrics))
        : new GcraStorage(clock),
  },
];
