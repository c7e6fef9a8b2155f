import {
  type AppConfig,
  ConfigError,
  type LaunchConfig,
  loadConfig,
  loadLaunchConfig,
} from '@holdfast/config';
import { StartError } from '@holdfast/process';

type Env = Record<string, string | undefined>;

/** What to start: one process, or the launcher of the services apart. Throws `StartError` when the settings are wrong. */
export type Settings = { mode: 'standalone'; config: AppConfig } | { mode: 'cluster'; config: LaunchConfig };

export function readSettings(env: Env): Settings {
  try {
    const config = loadConfig(env);
    if (config.mode === 'standalone') return { mode: 'standalone', config };
    return { mode: 'cluster', config: loadLaunchConfig(env) };
  } catch (error) {
    if (error instanceof ConfigError) throw new StartError(error.message);
    throw error;
  }
}
