/** Imports point one way. Each rule carries its reason; test/architecture proves that each one can fail. */
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
      from: { path: '^apps/(gateway|inventory|checkout)/' },
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
