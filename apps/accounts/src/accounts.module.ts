import { type DynamicModule, Module, type ModuleMetadata, type Provider } from '@nestjs/common';
import { AppConfig, Runtime } from '@holdfast/config';
import { ApiKeys, Audit, ChangeFacts, Merchants, Revocations, SignIn, Staff } from '@holdfast/contracts';
import { Clock, Lifecycle, partOf, SystemClock } from '@holdfast/kernel';
import { Logger } from '@holdfast/observability';
import { type Accounts, buildAccounts } from './accounts';

const ACCOUNTS = Symbol('accounts');
const part = partOf<Accounts>(ACCOUNTS);

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
  part(SignIn, ({ signIn }) => signIn),
  part(Staff, ({ staff }) => staff),
  part(ApiKeys, ({ apiKeys }) => apiKeys),
  part(Merchants, ({ merchants }) => merchants),
  part(Revocations, ({ revocations }) => revocations),
  part(Audit, ({ audit }) => audit),
  part(Lifecycle, (accounts) => new Lifecycle(accounts)),
];

/** Merchants, staff, sessions, API keys and the audit. `imports` must provide the `ChangeFacts` of inventory. */
@Module({})
export class AccountsModule {
  static register({ imports = [] }: Pick<ModuleMetadata, 'imports'>): DynamicModule {
    return {
      module: AccountsModule,
      imports,
      providers,
      exports: [SignIn, Staff, ApiKeys, Merchants, Revocations, Audit],
    };
  }
}
