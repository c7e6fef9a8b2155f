import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../test/support/command';
import { REPOSITORY } from '../test/support/repository';

const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version: string; hasInstallScript?: boolean }>;
};
const manifest = JSON.parse(read('package.json')) as {
  allowScripts: Record<string, boolean>;
  engines: { node: string };
};

describe('install scripts', () => {
  it('are each decided on, for every platform', () => {
    const having = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(having)].sort());
  });

  it('run only where they are allowed, by whichever npm', () => {
    for (const file of ['tools/lib/install.mjs', 'Dockerfile'])
      for (const [line] of read(file).matchAll(/^.*('ci'|npm (ci|prune)).*$/gm))
        expect(line).toContain('--ignore-scripts');
    expect(read('.ci/run')).not.toMatch(/npm (ci|install)/);
  });
});

describe('the images', () => {
  it('are on a Node that the packages allow and that is still supported', () => {
    const tags = [...read('Dockerfile').matchAll(/^FROM node:(\d+)\.\d+\.\d+-/gm)].map(([, major]) =>
      Number(major),
    );
    expect(tags).toHaveLength(2);
    for (const major of tags) expect(major).toBeGreaterThanOrEqual(24);
    expect(manifest.engines.node).toBe('>=20.19.0');
  });
});

describe('the proposals for newer versions', () => {
  it('look into every folder that names some', () => {
    const text = read('.github/dependabot.yml');
    const sources: [ecosystem: string, file: string][] = [
      ['npm', 'package.json'],
      ['npm', 'clients/typescript/package.json'],
      ['docker', 'Dockerfile'],
      ['docker-compose', 'docker-compose.yml'],
      ['maven', 'infra/kafka/pom.xml'],
      ['gomod', 'test/support/compose-check/go.mod'],
      ['gomod', 'tools/k6/go.mod'],
    ];
    for (const [ecosystem, file] of sources) {
      expect(existsSync(join(REPOSITORY, file))).toBe(true);
      const block = text.split('- package-ecosystem: ').find((each) => each.startsWith(`${ecosystem}\n`))!;
      const folder = `/${file.split('/').slice(0, -1).join('/')}`;
      const [, listed] = /director(?:y|ies): (.*)/.exec(block)!;
      expect(listed!.replace(/[[\]]/g, '').split(', ')).toContain(folder);
    }
    expect(existsSync(join(REPOSITORY, '.github/workflows'))).toBe(text.includes('github-actions'));
  });
});

describe('the audit of the lock file', () => {
  let server: Server;
  const cache = mkdtempSync(join(tmpdir(), 'holdfast-audit-'));
  let advisories: object;
  let status: number;
  const audit = () =>
    runTool('audit.mjs', [], {
      // npm remembers what it was told of a package.
      npm_config_cache: mkdtempSync(join(cache, 'one-')),
      npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
  const advisory = (severity: string) => ({
    kafkajs: [
      {
        id: 1,
        url: 'https://example.test/1',
        title: 'A weakness',
        severity,
        vulnerable_versions: '>=0',
        cwe: [],
        cvss: {},
      },
    ],
  });

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      request.once('end', () => {
        const bulk = request.url === '/-/npm/v1/security/advisories/bulk';
        response
          .writeHead(bulk ? status : 404, { 'content-type': 'application/json' })
          .end(JSON.stringify(bulk ? advisories : {}));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    server.close();
    rmSync(cache, { recursive: true });
  });

  it.each([
    ['high', 1],
    ['critical', 1],
    ['moderate', 0],
  ])(
    'ends with a %s weakness with exit code %i',
    async (severity, expected) => {
      [status, advisories] = [200, advisory(severity)];
      const { code, stderr } = await audit();
      expect(stderr).toMatch(/\d+ high or critical, [1-9]\d* in all/);
      expect(code).toBe(expected);
      if (expected === 1) expect(stderr).toContain(`${severity}: kafkajs`);
    },
    60_000,
  );

  it('says that nothing is known, and fails nobody, where the registry does not tell', async () => {
    [status, advisories] = [405, {}];
    const { code, stderr } = await audit();
    expect(stderr).toContain('the registry does not tell (405');
    expect(code).toBe(0);
  }, 60_000);
});
