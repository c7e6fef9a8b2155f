import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { RehearsalRuns } from '@holdfast/contracts';
import { lifeOf, randomId, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { ProcessFaults } from './adapters/faults/process-faults';
import { K6Generator } from './adapters/k6/k6-generator';
import { AuditedProduct } from './adapters/ledger/audited-product';
import { ProcPartWatch } from './adapters/proc/proc-part-watch';
import { RehearsalRunner } from './application/rehearsal-runner';

/** Where the product is, when no run.json says it. */
export interface RehearsalsPlace {
  databaseUrl: string | null;
  address: string | null;
}

/** Runs rehearsals. `imports` must provide `RehearsalRuns`. */
@Module({})
export class RehearsalsModule {
  static register({
    imports = [],
    place = NOWHERE,
  }: Pick<ModuleMetadata, 'imports'> & { place?: RehearsalsPlace }): DynamicModule {
    return {
      module: RehearsalsModule,
      imports,
      providers: [
        {
          provide: RehearsalRunner,
          inject: [RehearsalRuns, AppConfig, Runtime, Logger],
          useFactory: (runs: RehearsalRuns, { dataDir }: AppConfig, { secrets }: Runtime, logger: Logger) =>
            new RehearsalRunner({
              runs,
              // A new name for each process: what the one before had under way is no longer its own.
              runner: `runner-${randomId(12)}`,
              generator: new K6Generator(dataDir),
              product: new AuditedProduct({ dataDir, operatorKey: secrets.operatorKey, ...place }),
              faults: new ProcessFaults(dataDir),
              watch: new ProcPartWatch(dataDir),
              clock: new SystemClock(),
              log: logger.child({ part: 'rehearsals' }),
            }),
        },
        lifeOf(RehearsalRunner),
      ],
      exports: [RehearsalRunner],
    };
  }
}

const NOWHERE: RehearsalsPlace = { databaseUrl: null, address: null };
