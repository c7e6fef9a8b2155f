import { type AppConfig, ConfigError, loadConfig } from '@holdfast/config';
import { StartError } from '@holdfast/process';

/** The settings of a standalone product. Throws `StartError` when they are not. */
export function readSettings(env: Record<string, string | undefined>): AppConfig {
  const config = load(env);
  if (config.mode === 'standalone') return config;
  throw new StartError('HOLDFAST_MODE=cluster is not available yet: leave it out, or set it to standalone');
}

function load(env: Record<string, string | undefined>): AppConfig {
  try {
    return loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(error.message);
    throw error;
  }
}
