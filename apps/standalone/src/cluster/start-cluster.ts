import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchConfig, Secrets } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import { type LoginUrls, ROLES } from '@holdfast/postgres';
import { Interrupted, type Lifetime, StartError } from '@holdfast/process';
import { LedgerDropCatalogue } from '../../../inventory/src/adapters/postgres/ledger-drop-catalogue';
import { withLedger } from '../process/with-ledger';
import { openSecrets, takeDataFolder } from '../process/data-folder';
import { isSlotThere } from '../process/idle-slots';
import { type Ledger, openLedger } from '../process/ledger';
import { hostForClients, probePort } from '../process/listen';
import { prepareLedger } from '../process/prepare-ledger';
import { readyMessage } from '../process/ready-message';
import { removeRunState } from '../process/run-state';
import { slotStays, slotWarning } from '../process/slot-advice';
import { type SlotNames, slotNames } from '../process/slot-names';
import { ClusterParts } from './cluster-parts';
import { watchForHangs } from './hang-watch';
import { keepRunState } from './keep-run-state';
import { LogTail } from './log-tail';
import { logFileOf, runService, workFolderOf } from './run-service';
import { planServices, SERVICE_INSTANCES, SERVICE_PORTS, type ServicePlaces } from './service-plan';
import { loadTool, type Say } from './tools';

// Six services with their pools, Debezium and the command line.
const LEDGER_SETTINGS = { max_connections: 200 };
// Gateways that have just been ready answer in milliseconds; on a machine where every core is taken, later.
const READY_MS_MAX = 5_000;

/** What every step of the start needs. */
interface Launch {
  config: LaunchConfig;
  env: Record<string, string | undefined>;
  log: Logger;
  life: Lifetime;
  say: Say;
  secrets: Secrets;
  parts: ClusterParts;
}

/** Brings the cluster up, step by step; each step says what it does and, when it fails, what to do. Throws `StartError` or `Interrupted`. */
export async function startCluster(
  config: LaunchConfig,
  env: Record<string, string | undefined>,
  log: Logger,
  life: Lifetime,
): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const lock = takeDataFolder(config.dataDir, 'cluster');
  life.onEnd('data folder', () => lock.release());
  removeRunState(config.dataDir); // of a product that was killed
  const parts = new ClusterParts();
  life.onEnd('cluster', () => parts.end());
  const launch = { config, env, log, life, say, parts, secrets: openSecrets(config.dataDir) };
  const { ClusterError } = await loadTool('errors');
  try {
    await launchAll(launch);
  } catch (error) {
    throw error instanceof ClusterError ? new StartError(error.message) : error;
  }
}

async function launchAll(launch: Launch): Promise<void> {
  const { config, life, say, parts } = launch;
  const until = interruptible(life);
  const { requirePrograms } = await loadTool('preflight');
  await until(requirePrograms({ given: config.given, say }));
  const { requireGiven } = await loadTool('given');
  await until(requireGiven(config.given, { say }));
  life.checkpoint();
  await until(endStrays(config.dataDir, say));
  const port = await choosePublicPort(config);
  const ports = await servicePorts(config.dataDir);
  const address = `http://${hostForClients(config.host)}:${port}`;

  const { ledger, servers } = await startStores(launch, until);
  const slot = slotNames(config.databaseUrl);
  await until(requireOwnConnector(config, ledger.adminUrl, slot));
  const { urls, dropId } = await until(prepare(launch, ledger, slot));

  const places = {
    ledger: urls,
    redisUrl: servers.redisUrl,
    kafkaBrokers: servers.kafkaBrokers,
    kafkaSecurity: servers.kafkaSecurity,
    publicAddress: config.publicAddress ?? address,
    // What shoppers see may be out of reach from here.
    callbackAddress: config.callbackAddress ?? address,
  };
  await until(startServicesAndStream(launch, planServices(config, ports, places, launch.env), places, slot));
  await until(startFront(launch, port, address));
  const stopKeeping = await keepRunState(parts, config.dataDir, {
    address,
    databaseUrl: urls.operator,
    redisUrl: servers.redisUrl,
    kafkaSecurity: servers.kafkaSecurity,
    connectUrl: parts.stream?.connectUrl,
    slot: slot.slot,
  });
  parts.watches.push(stopKeeping);
  parts.complete = true;
  life.onEnd('run state', stopKeeping);
  life.checkpoint();
  const facts = [
    ['Ledger', ledger.place],
    ['Data', config.dataDir],
    ['Logs', join(config.dataDir, 'logs')],
  ] as const;
  const stop = 'Ctrl-C, or `npm run cluster:down` from elsewhere';
  process.stdout.write(`${readyMessage({ address, dropId, places: facts, stop })}\n`);
}

type Until = <T>(work: Promise<T>) => Promise<T>;

/** A step that takes long is left where it stands when the end is asked for: what it started is ended with the rest. */
function interruptible(life: Lifetime): Until {
  return (work) => {
    work.catch(() => undefined);
    const interrupted = life.untilAsked().then(() => {
      throw new Interrupted();
    });
    return Promise.race([work, interrupted]);
  };
}

/** What a killed launcher left is ending by itself, and still holds the ports that are to be used again. */
async function endStrays(dataDir: string, say: Say): Promise<void> {
  const { endStray } = await loadTool('stray');
  await Promise.all([
    endStray(join(dataDir, 'proxy'), say, { program: 'nginx' }),
    ...['connect', 'kafka', 'redis'].map((name) => endStray(join(dataDir, name), say)),
    ...SERVICE_INSTANCES.map((instance) => endStray(workFolderOf(dataDir, instance), say)),
  ]);
}

/** nginx cannot be asked for any free port. */
async function choosePublicPort({ host, port }: LaunchConfig): Promise<number> {
  if (port === 0) return (await loadTool('ports')).freePort();
  await probePort(host, port);
  return port;
}

async function servicePorts(dataDir: string): Promise<Record<string, number>> {
  const { choosePorts } = await loadTool('ports');
  return choosePorts(join(dataDir, 'cluster'), SERVICE_PORTS);
}

async function startStores(launch: Launch, until: Until) {
  const { config, secrets, log, life, say, parts } = launch;
  const missing = [
    config.databaseUrl === null && 'PostgreSQL',
    config.given.redisUrl === null && 'Redis',
    config.given.kafkaBrokers === null && 'Kafka',
  ].filter(Boolean);
  if (missing.length > 0) say(`Starting ${missing.join(', ')} …`);
  const onBack = () => undefined; // run.json is looked after all the time
  const opening = openLedger({
    config,
    secrets,
    log,
    signal: life.signal,
    say,
    onBack,
    settings: LEDGER_SETTINGS,
  }).then((ledger) => {
    parts.ledger = ledger;
    say(ledger.place);
    return ledger;
  });
  const { startServers } = await loadTool('servers');
  const starting = startServers({
    dataDir: config.dataDir,
    redisPassword: secrets.redisPassword,
    kafkaPassword: secrets.kafkaPassword,
    given: config.given,
    say,
  }).then((servers) => (parts.servers = servers));
  // The ledger comes to an end by itself when it is interrupted, and must not be left half started when the others fail.
  const [ledger, servers] = await Promise.allSettled([opening, until(starting)]);
  if (ledger.status === 'rejected') throw ledger.reason;
  if (servers.status === 'rejected') throw servers.reason;
  return { ledger: ledger.value, servers: servers.value };
}

/** Before this product has written anything anywhere but into its own ledger. */
async function requireOwnConnector(
  { given, dataDir }: LaunchConfig,
  databaseUrl: string,
  { slot }: SlotNames,
): Promise<void> {
  const { connectUrl } = given;
  if (connectUrl === null) return;
  const tool = await loadTool('own-connector');
  await tool.requireOwnConnector({ connectUrl, databaseUrl, slot, dataDir });
}

/** Tables, logins, first merchant, demo drop; returns an open drop to show. */
async function prepare(
  { config, secrets, log, life, say }: Launch,
  ledger: Ledger,
  { slot }: SlotNames,
): Promise<{ urls: LoginUrls; dropId: string | null }> {
  const productKey = config.serviceKey ?? secrets.serviceKey;
  const { urls, release } = await prepareLedger(ledger, { config, secrets, productKey, log, say });
  life.onEnd('claim', release);
  const stays = slotStays(ledger);
  if (stays !== null) life.onEnd('slot', () => say(stays));
  const warning = slotWarning(ledger);
  if (warning !== null) say(warning);
  life.checkpoint();
  // What Connect remembers of a slot that is gone would only mislead it: without, it takes a snapshot and misses nothing.
  if (!(await isSlotThere(urls.stream, slot)))
    await rm(join(config.dataDir, 'connect', 'offsets'), { force: true });
  const dropId = await withLedger(urls.inventory, ROLES.inventory, async (pool) => {
    const catalogue = new LedgerDropCatalogue(pool);
    await catalogue.seed({ demo: config.demo });
    const drops = await catalogue.list();
    return drops.find(({ drop }) => drop.state === 'open')?.drop.id ?? null;
  });
  return { urls, dropId };
}

/** All at once: each waits for what it needs, and on a small machine the start of Java is the longest part. */
async function startServicesAndStream(
  { config, secrets, log, say, parts }: Launch,
  plans: ReturnType<typeof planServices>,
  { ledger, kafkaBrokers, kafkaSecurity }: ServicePlaces,
  { slot }: SlotNames,
): Promise<void> {
  say('Starting the change stream and two each of inventory, checkout and gateway …');
  mkdirSync(join(config.dataDir, 'logs'), { recursive: true });
  const { startStream } = await loadTool('servers');
  const stream = startStream({
    dataDir: config.dataDir,
    kafkaBrokers,
    kafkaSecurity,
    databaseUrl: ledger.stream,
    connectPassword: secrets.connectPassword,
    given: config.given,
    slot,
    say,
  }).then((group) => (parts.stream = group));
  const services = plans.map(async (plan) => {
    const began = performance.now();
    const process = await runService(plan, { dataDir: config.dataDir, say });
    parts.services.push({ plan, process });
    say(`${plan.instance} is ready (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  });
  await Promise.all([stream, ...services]);
  parts.services.sort((a, b) => plans.indexOf(a.plan) - plans.indexOf(b.plan));
  parts.watches.push(watchForHangs(parts.services, say));
  // Only from now on: while they start, services wait for each other and say so.
  for (const { instance } of plans) {
    const tail = new LogTail(logFileOf(config.dataDir, instance), log.child({ instance }));
    parts.watches.push(() => tail.stop());
  }
}

/** The one address that is seen from outside. */
async function startFront({ config, say, parts }: Launch, port: number, address: string): Promise<void> {
  const [{ supervise }, { startProxy }] = await Promise.all([loadTool('supervisor'), loadTool('proxy')]);
  const gateways = parts.services
    .filter(({ plan }) => plan.service === 'gateway')
    .map(({ plan }) => plan.address);
  const { host, dataDir, limits, proxyHops: hops } = config;
  parts.proxy = await supervise({
    name: 'nginx',
    say,
    start: () => startProxy({ dir: join(dataDir, 'proxy'), host, port, gateways, hops, limits, say }),
  });
  const answer = await readyThrough(address);
  if (answer === '200') return;
  throw new StartError(
    `the gateways are ready, but through nginx (${address}) there is another answer: ${answer}. Its log is ${join(dataDir, 'proxy', 'nginx.log')}`,
  );
}

/** The status in which it answers, or why it does not. */
async function readyThrough(address: string): Promise<string> {
  try {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(READY_MS_MAX) });
    await answer.body?.cancel();
    return String(answer.status);
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
