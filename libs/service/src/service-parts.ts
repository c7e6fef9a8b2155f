import {
  ConfigError,
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

/** What every service has in hand before it builds its modules. */
export interface ServiceParts {
  config: ServiceConfig;
  runtime: Runtime;
  log: Logger;
  /** Proves to the other services that we are one of them. */
  key: string;
}

/** Reads settings and secrets. Throws `StartError` with what is missing or wrong. */
export function openService(env: Env, service: ServiceName, life: Lifetime): ServiceParts {
  const config = readConfig(env, service);
  const log = createLogger(config.logLevel).child({ instance: config.instance });
  life.useLogger(log);
  const secrets = readSecrets(config.dataDir);
  // A gateway has no way to the ledger, and no use for one.
  const runtime = new Runtime(sameUrl(config.databaseUrl ?? ''), secrets);
  runtime.address = config.publicAddress;
  runtime.callbackAddress = config.callbackAddress;
  return { config, runtime, log, key: config.serviceKey ?? secrets.serviceKey };
}

/** Opens the ops address, when one is set. At the end it closes first: from then on nobody should send requests here. */
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
  log.info({ ops: server.address }, 'health and figures');
}

function readConfig(env: Env, service: ServiceName): ServiceConfig {
  try {
    return loadServiceConfig(env, service);
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(error.message);
    throw error;
  }
}

function readSecrets(dataDir: string) {
  try {
    return loadSecrets(dataDir);
  } catch {
    // The cause would show what is in the file.
    throw new StartError(
      `the secrets in ${dataDir} cannot be read: is HOLDFAST_DATA_DIR the folder that all services share?`,
    );
  }
}
