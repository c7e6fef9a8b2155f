import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/repository';

interface Panel {
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource: { uid: string };
  targets: { expr: string; datasource: { uid: string } }[];
}
const FOLDER = join(REPOSITORY, 'infra/grafana');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const files = readdirSync(join(FOLDER, 'dashboards'));
const panels = files.flatMap(
  (name) => (JSON.parse(read(`dashboards/${name}`)) as { panels: Panel[] }).panels,
);

/** The names of all metrics that the services make. */
function exported(): Set<string> {
  const sources = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.includes('node_modules'))
      .map((name) => readFileSync(join(REPOSITORY, folder, name), 'utf8')),
  );
  const made =
    /(?:\b(?:read|count)|metrics\s*\.\s*(?:counter|counterOf|countersOf|gauge|histogram|routeHistogram))\(\s*'(\w+)'/g;
  return new Set(sources.flatMap((text) => [...text.matchAll(made)].map(([, name]) => name!)));
}

describe('the dashboard', () => {
  it('shows only metrics that the services export', () => {
    const known = exported();
    expect(known.size).toBeGreaterThan(20);
    const shown = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => [...expr.matchAll(/\bholdfast_\w+/g)].map(([name]) => name)),
    );
    expect(shown.length).toBeGreaterThan(10);
    const base = (name: string) =>
      name === 'holdfast_http_request_seconds' ? name : name.replace(/(_seconds)_(bucket|count|sum)$/, '$1');
    expect(shown.filter((name) => !known.has(base(name)))).toEqual([]);
  });

  it('asks the data source that is there, and explains each panel', () => {
    const uid = /uid: (\S+)/.exec(read('datasources.yml'))![1];
    for (const { datasource, targets, description } of panels) {
      expect([datasource.uid, ...targets.map((target) => target.datasource.uid)]).toEqual(
        Array(targets.length + 1).fill(uid),
      );
      expect(description).not.toBe('');
    }
  });

  it('has no two panels in one place', () => {
    const places = panels.map(({ gridPos: { x, y } }) => `${x}/${y}`);
    expect(new Set(places).size).toBe(panels.length);
    expect(panels.length).toBeGreaterThan(5);
  });

  it('is mounted where Grafana looks for it', () => {
    const compose = readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8');
    for (const name of ['datasources', 'dashboards'])
      expect(compose).toContain(
        `./infra/grafana/${name}.yml:/etc/grafana/provisioning/${name}/holdfast.yml:ro`,
      );
    expect(compose).toContain(
      `./infra/grafana/dashboards:${/path: ([^ }]+)/.exec(read('dashboards.yml'))![1]}:ro`,
    );
  });
});
