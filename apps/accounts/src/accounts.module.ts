import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { ACCOUNTS_ROLES, ChangeFacts } from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, rolesOf, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { type Accounts, buildAccounts } from './accounts';

const ACCOUNTS = Symbol('accounts');

const providers: Provider[] = [
  { provide: Clock, useClass: SystemClock },
  {
    provide: ACCOUNTS,
    inject: [Runtime, Clock, Logger, AppConfig, ChangeFacts],
    useFactory: (
      runtime: Runtime,
      clock: Clock,
      logger: Logger,
      { auditDir }: AppConfig,
      inventory: ChangeFacts,
    ) =>
      buildAccounts({
        runtime,
        clock,
        logger: logger.child({ part: 'accounts' }),
        auditDir,
        sources: { inventory },
      }),
  },
  ...rolesOf(ACCOUNTS, ACCOUNTS_ROLES),
  partOf<Accounts>(ACCOUNTS)(Lifecycle, (accounts) => new Lifecycle(accounts)),
];

/** Merchants, staff, sessions, API keys and the audit. `imports` must provide the `ChangeFacts` of inventory. */
@Module({})
export class AccountsModule {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: AccountsModule,
      imports,
      providers,
      exports: Object.values(ACCOUNTS_ROLES),
    };
  }
}
