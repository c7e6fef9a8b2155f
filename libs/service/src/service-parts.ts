import {
  type Env,
  loadSecrets,
  loadServiceConfig,
  Runtime,
  sameUrl,
  type ServiceConfig,
  type ServiceName,
} from '@holdfast/config';
import { createLogger, type Logger, Metrics } from '@holdfast/observability';
import { type Lifetime, type OpsCheck, productVersion, StartError, startOpsServer } from '@holdfast/process';

/** What every service creates before it builds its modules. */
export interface ServiceParts {
  config: ServiceConfig;
  runtime: Runtime;
  log: Logger;
  /** Authenticates this service to the others. */
  key: string;
}

/** Reads settings and secrets. Throws `ConfigError` or `StartError` if something is missing or invalid. */
export function openService(env: Env, service: ServiceName, life: Lifetime): ServiceParts {
  const config = loadServiceConfig(env, service);
  const log = createLogger(config.logLevel).child({ instance: config.instance });
  life.useLogger(log);
  const stored = readSecrets(config.dataDir);
  const secrets = { ...stored, accountsKey: config.accountsKey ?? stored.accountsKey };
  // A gateway does not access the ledger.
  const runtime = new Runtime(sameUrl(config.databaseUrl ?? ''), secrets);
  runtime.address = config.publicAddress;
  runtime.callbackAddress = config.callbackAddress;
  return { config, runtime, log, key: config.serviceKey ?? secrets.serviceKey };
}

/**
 * Opens the ops address, if one is set. At shutdown it closes first, so that no more requests are routed
 * here.
 */
export async function openOps(
  { config, log }: ServiceParts,
  life: Lifetime,
  metrics: Metrics,
  checks: readonly OpsCheck[],
): Promise<void> {
  if (!config.ops) return;
  const { service, instance } = config;
  const about = { service, instance, version: productVersion() };
  const server = await startOpsServer({ ...config.ops, checks, metrics, about }).catch((error: Error) => {
    throw new StartError(
      `the ops address ${config.ops?.host}:${config.ops?.port} cannot be used: ${error.message}`,
    );
  });
  life.onEnd('ops address', () => server.close());
  log.info({ ops: server.address }, 'health and metrics');
}

function readSecrets(dataDir: string) {
  try {
    return loadSecrets(dataDir);
  } catch {
    // The cause could reveal the file's content.
    throw new StartError(
      `the secrets in ${dataDir} cannot be read: is HOLDFAST_DATA_DIR the folder that all services share?`,
    );
  }
}
