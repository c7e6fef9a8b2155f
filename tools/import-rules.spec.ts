import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '..');

/** For each rule one small tree that breaks it, and it alone. */
const BREACHES: Record<string, Record<string, string>> = {
  'no-circular': {
    'libs/kernel/src/index.ts': "import { b } from './b';\nexport const a = () => b;\n",
    'libs/kernel/src/b.ts': "import { a } from './index';\nexport const b = () => a;\n",
  },
  'libs-know-no-app': {
    'libs/contracts/src/index.ts': "export * from '../../../apps/gateway/src/a';\n",
    'apps/gateway/src/a.ts': 'export const a = 1;\n',
  },
  'apps-meet-in-contracts': {
    'apps/gateway/src/a.ts': "export * from '../../inventory/src/b';\n",
    'apps/inventory/src/b.ts': 'export const b = 1;\n',
  },
  'domain-is-pure': {
    'apps/inventory/src/domain/hold.ts': "export * from '../application/place';\n",
    'apps/inventory/src/application/place.ts': 'export const a = 1;\n',
  },
  'application-knows-no-adapter': {
    'apps/inventory/src/application/place.ts': "export * from '../adapters/ledger';\n",
    'apps/inventory/src/adapters/ledger.ts': 'export const a = 1;\n',
  },
  'application-without-drivers': {
    'apps/inventory/src/application/place.ts': "import { Pool } from 'pg';\nexport const a = new Pool();\n",
  },
  'kernel-stands-alone': {
    'libs/kernel/src/index.ts': "export * from '../../contracts/src/index';\n",
    'libs/contracts/src/index.ts': 'export const a = 1;\n',
  },
  'processes-know-no-product': {
    'libs/process/src/index.ts': "export * from '../../redis/src/index';\n",
    'libs/redis/src/index.ts': 'export const a = 1;\n',
  },
  'launcher-at-the-top': {
    'apps/standalone/src/a.ts': "export * from '../../cluster/src/b';\n",
    'apps/cluster/src/b.ts': 'export const b = 1;\n',
  },
  'servers-know-no-launcher': {
    'apps/cluster/src/servers/a.ts': "export * from '../stream/b';\n",
    'apps/cluster/src/stream/b.ts': 'export const b = 1;\n',
  },
  'no-back-doors': {
    'apps/gateway/src/a.ts': "export * from '../../../libs/kernel/src/ids';\n",
    'libs/kernel/src/ids.ts': 'export const a = 1;\n',
  },
  'no-test-code-in-the-product': {
    'apps/gateway/src/a.ts': "export * from '../../../libs/testing/src/index';\n",
    'libs/testing/src/index.ts': 'export const a = 1;\n',
  },
  'k6-reads-few-files': {
    'k6/lib/a.ts': "export * from '../../libs/kernel/src/ids';\n",
    'libs/kernel/src/ids.ts': 'export const a = 1;\n',
  },
  'what-k6-reads-imports-nothing': {
    'libs/kernel/src/random.ts': "export * from './ids';\n",
    'libs/kernel/src/ids.ts': 'export const a = 1;\n',
  },
  'support-knows-no-suite': {
    'test/support/a.ts': "export * from '../contract/gate.contract';\n",
    'test/contract/gate.contract.ts': 'export const a = 1;\n',
  },
  'no-packages-before-the-install': {
    'libs/kernel/src/index.ts': 'export const a = 1;\n',
    'tools/start.mjs': "import pg from 'pg';\nexport const a = pg;\n",
  },
};

const CLEAN = {
  'libs/kernel/src/index.ts': 'export const a = 1;\n',
  'apps/gateway/src/domain/a.ts': "export { a } from '@holdfast/kernel';\n",
  'libs/kernel/src/random.ts': 'export const b = 1;\n',
  'k6/lib/a.ts': "export { b } from '../../libs/kernel/src/random.ts';\n",
  'tools/start.mjs': "import { join } from 'node:path';\nexport const c = join;\n",
};

/** The tree as a small copy of this repository, under the same rules. */
function plant(dir: string, files: Record<string, string>): void {
  for (const part of ['apps', 'libs', 'k6', 'test', 'tools']) mkdirSync(join(dir, part), { recursive: true });
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json']) cpSync(join(root, file), join(dir, file));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  }
}

/** Which rules each tree breaks. One process looks at all of them: its start takes longer than the look. */
function violationsIn(trees: Record<string, Record<string, string>>): Record<string, string[]> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-rules-')));
  try {
    const names = Object.keys(trees);
    for (const name of names) plant(join(dir, name), trees[name]!);
    const text = execFileSync(
      process.execPath,
      [join(root, 'test/support/cruise-trees.mjs'), ...names.map((name) => join(dir, name))],
      { encoding: 'utf8' },
    );
    const found = JSON.parse(text) as string[][];
    return Object.fromEntries(names.map((name, i) => [name, found[i]!]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('import rules', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const config = require('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };

  let violations: Record<string, string[]>;
  beforeAll(() => {
    violations = violationsIn({ ...BREACHES, clean: CLEAN });
  });

  it('has a breach for every rule, and no other', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
  });

  it.each(Object.keys(BREACHES))('%s finds the import it forbids', (rule) => {
    expect(violations[rule]).toEqual([rule]);
  });

  it('lets a clean tree pass', () => {
    expect(violations['clean']).toEqual([]);
  });
});
