import type { Runtime } from '@holdfast/config';
import type { ACCOUNTS_ROLES, ChangeFacts, InRoles } from '@holdfast/contracts';
import { type Background, type Clock, PeriodicWorker } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import { openPool, ROLES } from '@holdfast/postgres';
import { Argon2Passwords } from './adapters/argon2/argon2-passwords';
import { CheckpointFolder } from './adapters/files/checkpoint-folder';
import { DerivedCheckpointSigner } from './adapters/keys/derived-checkpoint-signer';
import { DerivedSecretBox } from './adapters/keys/derived-secret-box';
import { DerivedTokenSigner } from './adapters/keys/derived-token-signer';
import { OtpauthCodes } from './adapters/otpauth/otpauth-codes';
import { PgAccountsStore } from './adapters/postgres/pg-accounts-store';
import { PgGuesses } from './adapters/postgres/pg-guesses';
import { PgRevocationLog } from './adapters/postgres/pg-revocation-log';
import { PgStaleAccounts } from './adapters/postgres/pg-stale-accounts';
import { ApiKeysService } from './application/api-keys-service';
import { AuditChain } from './application/audit-chain';
import { AuditCheckpoints } from './application/audit-checkpoints';
import { AuditService } from './application/audit-service';
import { MerchantsService } from './application/merchants-service';
import { RevocationsService } from './application/revocations-service';
import { SignInService } from './application/sign-in-service';
import type { AccountsStore } from './application/ports/accounts-store.port';
import { StaffService } from './application/staff-service';

const POOL_MAX = 6; // sign-ins are slow by their hashes, not by their statements; more would take connections from sales
const PURGE_EVERY_MS = 60_000; // bounds what invented addresses can pile up in between
const CHAIN_EVERY_MS = 250; // a change stands in the chain within a second
const SEAL_EVERY_MS = 5_000;
const STOP_WAIT_MS = 1_000;

export interface AccountsParts {
  runtime: Runtime;
  clock: Clock;
  logger: Logger;
  /** The other services whose facts are chained, by name. */
  sources?: Readonly<Record<string, ChangeFacts>>;
  /** Where checkpoints are written besides the database; null: nowhere. */
  auditDir?: string | null;
  /** How long a call waits for a connection; default: as everywhere. */
  connectTimeoutMs?: number;
}

/** Accounts put together: its roles, and the work beside them. */
export interface Accounts extends Background, InRoles<typeof ACCOUNTS_ROLES> {
  /** Removes what is over. */
  purgeRound(): Promise<number>;
  /** Chains the facts that there are, of every source. */
  chainRound(): Promise<void>;
  /** Makes the checkpoints that are due. */
  sealRound(): Promise<number>;
}

export function buildAccounts(parts: AccountsParts): Accounts {
  const { runtime, clock, connectTimeoutMs } = parts;
  const { accountsKey } = runtime.secrets;
  const pool = openPool({
    url: runtime.ledger.accounts,
    role: ROLES.accounts,
    max: POOL_MAX,
    name: 'holdfast-accounts',
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
  });
  const store = new PgAccountsStore(pool);
  const signer = new DerivedTokenSigner(accountsKey);
  const stale = new PgStaleAccounts(pool);
  const { audit, workers, chainRound, sealRound } = buildAudit(store, parts);
  const all = [
    ...workers,
    worker(parts.logger, 'purge', PURGE_EVERY_MS, async () => (await stale.purge()) > 0),
  ];
  return {
    signIn: new SignInService({
      store,
      guesses: new PgGuesses(pool),
      passwords: new Argon2Passwords(),
      codes: new OtpauthCodes(),
      box: new DerivedSecretBox(accountsKey),
      signer,
      clock,
    }),
    staff: new StaffService(store),
    apiKeys: new ApiKeysService(store, clock),
    merchants: new MerchantsService(store),
    revocations: new RevocationsService(new PgRevocationLog(pool), signer),
    audit,
    purgeRound: () => stale.purge(),
    chainRound,
    sealRound,
    start: () => all.forEach((it) => it.start()),
    stop: async () => void (await Promise.all(all.map((it) => it.stop(STOP_WAIT_MS)))),
    close: () => pool.end(),
  };
}

/** Chain, checkpoints, and what fills them. One worker for each source: one that does not answer keeps no other waiting. */
function buildAudit(store: AccountsStore, { runtime, logger, sources = {}, auditDir = null }: AccountsParts) {
  const signer = new DerivedCheckpointSigner(runtime.secrets.accountsKey);
  const chain = new AuditChain(store);
  const checkpoints = new AuditCheckpoints({
    store,
    signer,
    files: new CheckpointFolder(auditDir),
    onFileError: (error) =>
      logger.error({ err: error }, 'a checkpoint of the audit could not be written to its file'),
  });
  const rounds = [
    { part: 'audit chain', run: () => chain.chainOwn() },
    ...Object.entries(sources).map(([name, facts]) => ({
      part: `audit facts of ${name}`,
      run: () => chain.collect(name, facts),
    })),
  ];
  return {
    audit: new AuditService(store, signer),
    workers: [
      ...rounds.map(({ part, run }) => worker(logger, part, CHAIN_EVERY_MS, run)),
      worker(logger, 'audit checkpoints', SEAL_EVERY_MS, () => checkpoints.sealDue()),
    ],
    chainRound: async () => {
      for (const { run } of rounds) while (await run());
    },
    sealRound: () => checkpoints.sealDue(),
  };
}

/** Repeats `run`. Of failures in a row the first is logged, and the end: an unreachable database must not fill the log. */
function worker(logger: Logger, part: string, everyMs: number, run: () => Promise<unknown>): PeriodicWorker {
  const log = logger.child({ part });
  let isFailing = false;
  return new PeriodicWorker({
    everyMs,
    run: async () => {
      const more = await run();
      if (isFailing) log.info({}, 'runs again');
      isFailing = false;
      return more;
    },
    onError: (error) => {
      if (!isFailing) log.warn({ err: error }, 'run failed, retrying at the next interval');
      isFailing = true;
    },
  });
}
