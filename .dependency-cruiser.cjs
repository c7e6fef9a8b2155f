/** Files of libs that k6 reads as they are; k6 resolves neither packages nor our aliases. */
const READ_BY_K6 =
  '^libs/(kernel/src/(random|backoff)|audit/src/load/client-(note|patience)|load/src/model/[a-z-]+)\\.ts$';

/** Imports point one way. Each rule carries its reason; tools/import-rules.spec.ts proves that each one can fail. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no place to start reading.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'libs-know-no-app',
      comment: 'Libraries are tools: they serve every app, so they know none.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-meet-in-contracts',
      comment:
        'Apps know of each other only what libs/contracts says; one process of all is the business of apps/standalone.',
      severity: 'error',
      from: { path: '^apps/(gateway|inventory|checkout|accounts|rehearsals)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'The rules of the business stand on nothing but the kernel and the contracts.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: ['^apps/[^/]+/src/domain/', '^libs/(kernel|contracts)/', '^crypto$'] },
    },
    {
      name: 'application-knows-no-adapter',
      comment: 'Use cases speak to ports; which server answers is decided in *.module.ts.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/application/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/[^/]+/src/(adapters|entrypoints)/' },
    },
    {
      name: 'application-without-drivers',
      comment: 'No database, web or message library inside a use case: it would decide for every adapter.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/(application|domain)/', pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/(pg|typeorm|fastify|ioredis|kafkajs|@nestjs)/' },
    },
    {
      name: 'kernel-stands-alone',
      comment: 'Everything imports the kernel; the kernel imports nothing of ours.',
      severity: 'error',
      from: { path: '^libs/kernel/' },
      to: { path: '^(libs/(?!kernel)|apps/)' },
    },
    {
      name: 'processes-know-no-product',
      comment:
        'Children, locks and ports are the same for every product; what runs in them is not their business.',
      severity: 'error',
      from: { path: '^libs/process/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/(?!process/|kernel/|config/|observability/)' },
    },
    {
      name: 'launcher-at-the-top',
      comment:
        'The launcher stands on the preparation of the ledger in apps/standalone/src/startup; nothing of the product stands on the launcher.',
      severity: 'error',
      from: { path: '^apps/standalone/' },
      to: { path: '^apps/(cluster|cli)/' },
    },
    {
      name: 'servers-know-no-launcher',
      comment:
        'Tests, benches and the command line start or ask one server without the rest of the launcher.',
      severity: 'error',
      from: { path: '^apps/cluster/src/servers/' },
      to: { path: '^apps/(?!cluster/src/servers/)' },
    },
    {
      name: 'no-back-doors',
      comment: 'A library is used through its index; its inner files may move.',
      severity: 'error',
      from: { path: '^(apps|libs/([^/]+))/' },
      to: { path: '^libs/([^/]+)/src/(?!index\\.ts$)', pathNot: '^libs/$2/' },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'What ships never needs the tools of the tests.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.spec\\.ts$|^libs/testing/)' },
      to: { path: '^(libs/testing|test)/' },
    },
    {
      name: 'k6-reads-few-files',
      comment: 'k6 has a runtime of its own: it reads the files that are written for it, and no others.',
      severity: 'error',
      from: { path: '^k6/' },
      to: { path: '^(apps|libs|test|bench|tools)/', pathNot: READ_BY_K6 },
    },
    {
      name: 'what-k6-reads-imports-nothing',
      comment: 'k6 would have to resolve that import, too; types it leaves out.',
      severity: 'error',
      from: { path: READ_BY_K6 },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'support-knows-no-suite',
      comment: 'What suites share imports none of them.',
      severity: 'error',
      from: { path: '^test/support/' },
      to: { path: '\\.(spec|contract)\\.ts$' },
    },
    {
      name: 'no-packages-before-the-install',
      comment: 'These run before `npm ci`: nothing but Node.js is there.',
      severity: 'error',
      from: {
        path: '^tools/((start|test|build|holdfast|k6-run|run|audit|planted)|(lib|k6)/[^/]+)\\.mjs$',
      },
      to: { path: 'node_modules/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^apps/gateway/web/|dist/)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
