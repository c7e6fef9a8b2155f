import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  'no-back-doors': {
    'apps/gateway/src/a.ts': "export * from '../../../libs/kernel/src/ids';\n",
    'libs/kernel/src/ids.ts': 'export const a = 1;\n',
  },
  'no-test-code-in-the-product': {
    'apps/gateway/src/a.ts': "export * from '../../../libs/testing/src/index';\n",
    'libs/testing/src/index.ts': 'export const a = 1;\n',
  },
};

interface Cruise {
  summary: { violations: { rule: { name: string } }[] };
}

function violationsIn(files: Record<string, string>): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-rules-'));
  try {
    for (const part of ['apps', 'libs']) mkdirSync(join(dir, part));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json'])
      cpSync(join(root, file), join(dir, file));
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), text);
    }
    const cruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = ['apps', 'libs', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    let text: string;
    try {
      text = execFileSync(process.execPath, [cruise, ...args], { cwd: dir, encoding: 'utf8' });
    } catch (error) {
      text = (error as { stdout: string }).stdout;
    }
    const report = JSON.parse(text) as Cruise;
    return [...new Set(report.summary.violations.map(({ rule }) => rule.name))];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('import rules', () => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const config = require('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };

  it('has a breach for every rule, and no other', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
  });

  it.each(Object.keys(BREACHES))('%s finds the import it forbids', (rule) => {
    expect(violationsIn(BREACHES[rule]!)).toEqual([rule]);
  });

  it('lets a clean tree pass', () => {
    expect(
      violationsIn({
        'libs/kernel/src/index.ts': 'export const a = 1;\n',
        'apps/gateway/src/domain/a.ts': "export { a } from '@holdfast/kernel';\n",
      }),
    ).toEqual([]);
  });
});
