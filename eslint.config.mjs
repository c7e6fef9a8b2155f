import tseslint from 'typescript-eslint';

const noClock = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time comes from outside: take a Clock.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Chance comes from outside: take a random source.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes from outside: take a Clock.',
  },
];
const noEnv = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'Settings are parsed once, in libs/config.',
  },
];

const noConnections = {
  name: 'pg',
  importNames: ['Client', 'Pool', 'default', 'native'],
  allowTypeImports: true,
  message: 'Connections are made in libs/postgres/src/session.ts, which sets what all of them need.',
};

/** What Node.js itself knows: plain programs have no compiler that would find a name that is written wrong. */
const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'dist.*/**',
      'node_modules/**',
      '.holdfast/**',
      '.tools/**',
      '**/*.generated.ts',
      'coverage/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      // A decorated constructor needs its types as values; the compiler cannot tell, so neither may the linter.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...noEnv],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [noConnections] }],
    },
  },
  // Tests and benchmarks look at the ledger past the product.
  {
    files: ['libs/postgres/src/{session,pool}.ts', 'libs/testing/**', 'test/**', 'bench/**'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: ['apps/*/src/{domain,application}/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noEnv, ...noClock] },
  },
  // Where settings enter the process.
  {
    files: [
      'libs/config/**',
      'libs/testing/**',
      'apps/*/src/main.ts',
      'apps/cli/src/**',
      'apps/cluster/src/programs/**',
      'test/**',
      'bench/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['apps/cli/src/**', 'apps/standalone/src/main.ts', 'bench/**', 'test/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**', 'bench/**', 'apps/gateway/web/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: { globals: nodeGlobals },
    rules: { '@typescript-eslint/no-require-imports': 'off', 'no-undef': 'error' },
  },
  {
    files: ['**/*.cjs', '*.js'],
    languageOptions: { globals: { require: 'readonly', module: 'readonly', __dirname: 'readonly' } },
  },
  { files: ['k6/**', 'test/support/k6-reader/*.js'], languageOptions: { globals: { __ENV: 'readonly' } } },
);
