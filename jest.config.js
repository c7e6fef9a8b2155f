/** Tiers are told apart by name and place; `tools/test.mjs` runs them in this order. */
const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    '^.+\\.tsx?$': ['@swc/jest', JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8'))],
  },
  moduleNameMapper: {
    '^@holdfast/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    // What is loaded when it is needed is named by its file, as Node wants it; here the source is meant.
    '^(\\.{1,2}/.*cluster/src/servers/given)\\.js$': '$1',
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.holdfast/'],
};
const tier = (displayName, testMatch, more = {}) => ({
  ...base,
  displayName,
  testMatch: testMatch.map((m) => `<rootDir>/${m}`),
  ...more,
});
const withPostgres = {
  globalSetup: '<rootDir>/test/setup/postgres.up.ts',
  globalTeardown: '<rootDir>/test/setup/postgres.down.ts',
};

const SOAK = process.env.HOLDFAST_SOAK === 'on';
/** Files of e2e that run in the standalone mode alone. */
const ONE_MODE = [
  ...[
    'process-*',
    'browser-look',
    'browser-admin',
    'browser-rehearsals',
    'attack',
    'merchant-flood',
    'k6-scenarios',
  ],
  ...(SOAK ? [] : ['browser-words']),
];

module.exports = {
  // Real servers on a shared two-core machine: deadlines stand inside the tests, this is only the outer bound.
  testTimeout: 240_000,
  // `it.concurrent` is for tests that wait for times of the product, not for a core.
  maxConcurrency: 4,
  testSequencer: '<rootDir>/test/setup/longest-first.cjs',
  projects: [
    tier('unit', ['{apps,libs,tools}/**/*.spec.ts']),
    tier('contract', ['test/contract/**/*.spec.ts'], withPostgres),
    tier('integration', ['test/integration/**/*.int.spec.ts'], withPostgres),
    tier('e2e', ['test/e2e/**/*.e2e.spec.ts']),
    // The same suite against the cluster mode; how a process lives and ends is looked at in each mode by itself, how a page looks depends on
    // none, and the attack and the flood are at one process. The words of pages follow answers that `http-contract` compares in both modes.
    tier('e2e-cluster', [`test/e2e/!(${ONE_MODE.join('|')}).e2e.spec.ts`], {
      setupFiles: ['<rootDir>/test/setup/cluster-mode.ts'],
      globalTeardown: '<rootDir>/test/setup/cluster.down.ts',
    }),
    tier('cluster', ['test/cluster/**/*.cluster.spec.ts'], withPostgres),
  ],
};
