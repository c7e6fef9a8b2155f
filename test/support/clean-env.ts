/** The developer's own settings must not leak into the product under test. */
export function cleanEnv(): Record<string, string> {
  const foreign =
    /^(HOLDFAST_|npm_|PG|((DATABASE|REDIS)_URL|(KAFKA|CONNECT)_[A-Z_]+|PORT|HOST|LOG_LEVEL|NODE_ENV|NODE_OPTIONS|JEST_WORKER_ID)(_FILE)?$)/;
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => !foreign.test(entry[0])),
  );
}

/** The product's settings in tests, before what a test itself says. */
export function testEnv({ mode, dataDir, port }: { mode: string; dataDir: string; port: number }) {
  return {
    ...cleanEnv(),
    HOLDFAST_MODE: mode,
    PORT: String(port),
    HOLDFAST_DATA_DIR: dataDir,
    HOLDFAST_LIMITS: 'off',
    LOG_LEVEL: 'warn',
  };
}
