import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadServiceConfig, type ServiceName } from '@holdfast/config';
import {
  composeChecker,
  type ComposeService,
  composeServices,
  makeComposeSecrets,
  withSecretsAt,
} from '../support/compose-files';
import { describeWithGo } from '../support/go';
import { REPOSITORY } from '../support/repository';

const FILE = join(REPOSITORY, 'docker-compose.yml');
const KINDS: ServiceName[] = ['gateway', 'inventory', 'checkout', 'accounts', 'rehearsals'];
/** There is one rehearsal at a time. */
const SINGLE: ServiceName[] = ['rehearsals'];

/** There is no container engine where these tests run: what can be known without one is asked here. */
describeWithGo('docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-compose-'));
  let services: Record<string, ComposeService>;
  let secrets: string;
  const named = (kind: string) =>
    Object.keys(services)
      .filter((name) => name.startsWith(`${kind}-`))
      .sort();
  const of = (name: string) => services[name]!;

  // Cold, the checker is compiled first: 15 s on two idle cores.
  beforeAll(() => {
    services = composeServices();
    secrets = makeComposeSecrets(folder);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is loaded as compose loads it, by a checker that finds each fault', () => {
    composeChecker('test', './...');
    expect(composeChecker('run', '.', FILE)).toContain('in order');
  }, 300_000);

  it('has two instances of each service and one runner, started by entry points that exist', () => {
    for (const kind of KINDS) {
      expect(named(kind)).toEqual(SINGLE.includes(kind) ? [`${kind}-1`] : [`${kind}-1`, `${kind}-2`]);
      for (const name of named(kind)) {
        expect(of(name).command).toEqual(['node', `dist/apps/${kind}/src/main.js`]);
        expect(of(name).environment['HOLDFAST_INSTANCE']).toBe(name);
      }
      expect(existsSync(join(REPOSITORY, `apps/${kind}/src/main.ts`))).toBe(true);
    }
  });

  it('gives each service all the settings it needs, and none that is wrong', () => {
    for (const kind of KINDS)
      for (const name of named(kind))
        expect(() => loadServiceConfig(withSecretsAt(secrets, of(name).environment), kind)).not.toThrow();
  });

  it('knows no setting that nobody reads', () => {
    const sources = ['libs/config/src', 'apps/cluster/src/programs'].flatMap(textOf).join('\n');
    const own = Object.values(services).filter(({ image }) => image === 'holdfast:local');
    expect(own.length).toBeGreaterThan(KINDS.flatMap(named).length);
    const names = new Set(own.flatMap(({ environment }) => Object.keys(environment)));
    expect(
      [...names]
        .map((name) => name.replace(/_FILE$/, ''))
        .filter((name) => !new RegExp(`\\b${name}\\b`).test(sources)),
    ).toEqual([]);
  });

  /** Whoever is in a network can try its doors, and whoever has a secret can open one: both are listed, so that a new one is seen. */
  it.each([
    ['postgres', 'data', 'postgres-password'],
    ['redis', 'app', 'redis-auth'],
    [
      'migrate',
      'data',
      'accounts-database-url admin-database-url checkout-database-url inventory-database-url operator-database-url stream-database-url',
    ],
    ['cli', 'data edge', 'operator-database-url'],
    ['inventory-1', 'app cdc data', 'inventory-database-url kafka-password redis-url service-key'],
    ['checkout-1', 'app data edge', 'checkout-database-url service-key'],
    ['accounts-1', 'app data', 'accounts-database-url accounts-key service-key'],
    ['gateway-1', 'app edge', 'redis-url service-key'],
    ['rehearsals-1', 'app data edge', 'operator-database-url service-key'],
    ['proxy', 'edge', ''],
    ['kafka', 'cdc', 'kafka-client kafka-jaas'],
    ['connect', 'cdc data', 'cdc-password connect-curl connect-jaas connect-logins'],
    ['stream', 'cdc data', 'connect-password stream-database-url'],
    ['prometheus', 'app watch', ''],
    ['grafana', 'watch', 'grafana-password'],
  ])('puts %s into the networks %s, with the secrets "%s"', (name, networks, files) => {
    const second = name.replace(/-1$/, '-2');
    for (const each of new Set([name, second].filter((it) => it in services))) {
      expect(of(each).networks.join(' ')).toBe(networks);
      expect((of(each).secrets ?? []).join(' ')).toBe(files);
    }
  });

  it('lists every service there', () => expect(Object.keys(services)).toHaveLength(19));

  it('makes each secret that a service reads, and lets each read only its own', () => {
    for (const [name, { environment, command, entrypoint, health, secrets: given }] of Object.entries(
      services,
    )) {
      const said = JSON.stringify([environment, command, entrypoint, health]);
      const read = [...said.matchAll(/\/run\/secrets\/([a-z-]+)/g)].map(([, file]) => file!);
      // Named in the JAAS file.
      if (name === 'connect') read.push('connect-logins');
      expect([...new Set(read)].sort()).toEqual(given ?? []);
      for (const file of given ?? []) expect(readFileSync(join(secrets, file), 'utf8').trim()).not.toBe('');
    }
    expect(readFileSync(join(secrets, 'connect-jaas'), 'utf8')).toContain('"/run/secrets/connect-logins"');
  });

  it('shows the keys that sign sessions and webhooks to who signs or checks with them', () => {
    const shared = (name: string) => (of(name).volumes ?? []).includes('holdfast-data');
    const having = Object.keys(services).filter(shared);
    expect(having.sort()).toEqual([
      ...named('checkout'),
      'cli',
      ...named('gateway'),
      'migrate',
      'rehearsals-1',
    ]);
  });

  it('keeps checkpoints of the audits in a volume that accounts alone can write', () => {
    const having = Object.keys(services).filter((name) =>
      (of(name).volumes ?? []).includes('holdfast-audit'),
    );
    expect(having.sort()).toEqual(named('accounts'));
    const image = readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8');
    for (const name of having)
      expect(image).toMatch(
        new RegExp(`^RUN install -d -o node -g node .*${of(name).environment['HOLDFAST_AUDIT_DIR']}$`, 'm'),
      );
  });

  it('has the quotas of merchants from .env, and prints links that lead to what is published', () => {
    for (const name of [...named('gateway'), ...named('inventory')])
      expect(of(name).environment).toHaveProperty('HOLDFAST_MERCHANT_QUOTAS');
    const [gateway] = named('gateway');
    const published = of(gateway!).environment['HOLDFAST_PUBLIC_ADDRESS'];
    expect(published).toMatch(/^http:\/\/localhost:\d+$/);
    expect(of('cli').environment['HOLDFAST_PUBLIC_ADDRESS']).toBe(published);
  });

  it('names every instance wherever instances are listed', () => {
    const listening = (kind: string) =>
      named(kind).map((name) => `${name}:${of(name).environment['HOLDFAST_LISTEN']?.split(':').pop()}`);
    const listed = (name: string, variable: string) => of(name).environment[variable]?.split(',');
    for (const name of [
      ...named('gateway'),
      ...named('checkout'),
      ...named('accounts'),
      ...named('rehearsals'),
    ])
      expect(listed(name, 'INVENTORY_ADDRESSES')).toEqual(listening('inventory'));
    for (const name of named('gateway')) {
      expect(listed(name, 'CHECKOUT_ADDRESSES')).toEqual(listening('checkout'));
      expect(listed(name, 'ACCOUNTS_ADDRESSES')).toEqual(listening('accounts'));
    }
    const http = named('gateway').map((name) => `${name}:${of(name).environment['PORT']}`);
    const upstream = readFileSync(join(REPOSITORY, 'infra/nginx/compose.conf'), 'utf8');
    expect([...upstream.matchAll(/^\s*server (\S+:\d+)/gm)].map(([, address]) => address)).toEqual(http);
  });

  it('asks for health, and for figures, where each service answers', () => {
    const ops = (name: string) => of(name).environment['HOLDFAST_OPS_PORT'];
    const all = KINDS.flatMap(named);
    for (const name of all) {
      expect(of(name).environment['HOLDFAST_OPS_HOST']).toBe('0.0.0.0');
      expect(of(name).health?.at(-1)).toBe(`http://127.0.0.1:${ops(name)}/health/ready`);
    }
    const scraped = readFileSync(join(REPOSITORY, 'infra/prometheus/prometheus.yml'), 'utf8');
    const targets = [...scraped.matchAll(/[a-z]+-\d+:\d+/g)].map(([target]) => target);
    expect(targets.sort()).toEqual(all.map((name) => `${name}:${ops(name)}`).sort());
  });

  it('tells Connect nothing that its image would overwrite', () => {
    // connect-base/3.6/docker-entrypoint.sh of debezium/container-images makes CONNECT_<name> of each of these, or of a default of its own.
    const made = [
      ...['BOOTSTRAP_SERVERS', 'GROUP_ID', 'CONFIG_STORAGE_TOPIC', 'OFFSET_STORAGE_TOPIC', 'KEY_CONVERTER'],
      ...['VALUE_CONVERTER', 'OFFSET_FLUSH_INTERVAL_MS', 'OFFSET_FLUSH_TIMEOUT_MS', 'STATUS_STORAGE_TOPIC'],
      ...['REST_PORT', 'REST_HOST_NAME', 'REST_ADVERTISED_PORT', 'REST_ADVERTISED_HOST_NAME'],
      'TASK_SHUTDOWN_GRACEFUL_TIMEOUT_MS',
    ];
    const { environment } = of('connect');
    expect(made.filter((name) => `CONNECT_${name}` in environment)).toEqual([]);
    expect(environment['OFFSET_FLUSH_INTERVAL_MS']).toBe('1000');
  });

  it.each([
    // There the launcher has a listener of its own, with another name.
    ['kafka', 'broker', ['inter.broker.listener.name']],
    ['connect', 'connect', []],
  ])('sets what infra/kafka says for %s under the launcher', (name, file, apart) => {
    const text = readFileSync(join(REPOSITORY, `infra/kafka/${file}.properties`), 'utf8');
    const lines = [...text.matchAll(/^([a-z][^=]*)=(.*)$/gm)].map(([, key, value]) => [key!, value!]);
    const wanted = lines.filter(([key]) => !apart.includes(key!));
    const { environment } = of(name);
    const found = wanted.map(([key]) => {
      const variable = key!.toUpperCase().replaceAll('.', '_');
      // The image of Connect makes some of these itself, of names without a prefix.
      return [key, environment[`${name.toUpperCase()}_${variable}`] ?? environment[variable]];
    });
    expect(found).toEqual(wanted);
  });

  it('tells the command line in which mode the product runs', () => {
    expect(of('cli').environment['HOLDFAST_MODE']).toBe('cluster');
  });

  it('makes the secrets and the ledger before any service starts', () => {
    for (const name of KINDS.flatMap(named)) expect(of(name).needs).toContain('migrate');
    expect(of('migrate').command?.at(-1)).toMatch(/loadSecrets[^]*migrate[^]*seed[^]*make-logins\.js/);
  });
});

function textOf(folder: string): string[] {
  return readdirSync(join(REPOSITORY, folder))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(REPOSITORY, folder, file), 'utf8'));
}
