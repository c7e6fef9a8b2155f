import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchConfig, Secrets } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import { type LoginUrls, ROLES, withLedger } from '@holdfast/postgres';
import {
  choosePorts,
  endStray,
  freePort,
  Interrupted,
  inWords,
  type Lifetime,
  removeRunState,
  type Say,
  StartError,
  supervise,
} from '@holdfast/process';
import { LedgerDropStore } from '../../../inventory/src/adapters/postgres/drops/ledger-drop-store';
import { findOpenDrop, seedLedger } from '../../../inventory/src/application/drops/seed';
import { openSecrets, takeDataFolder } from '../../../standalone/src/startup/data-folder';
import { isSlotThere } from '../../../standalone/src/startup/idle-slots';
import { adminSignIn } from '../../../standalone/src/startup/admin-sign-in';
import { type Ledger, openLedger } from '../../../standalone/src/startup/ledger';
import { hostForClients, probePort } from '../../../standalone/src/startup/listen';
import { prepareLedger } from '../../../standalone/src/startup/prepare-ledger';
import { readyMessage } from '../../../standalone/src/startup/ready-message';
import { shareMerchants } from '../../../standalone/src/startup/share-merchants';
import { slotStays, slotWarning } from '../../../standalone/src/startup/slot-advice';
import { type SlotNames, slotNames } from '../../../standalone/src/startup/slot-names';
import { requireGiven } from '../servers/given';
import { startProxy } from '../servers/nginx';
import { requirePrograms } from '../servers/preflight';
import { startServers } from '../servers/start-servers';
import { logFileOf, runService, workFolderOf } from '../services/run-service';
import { planServices, SERVICE_INSTANCES, SERVICE_PORTS, type ServicePlaces } from '../services/service-plan';
import { requireOwnConnector } from '../stream/own-connector';
import { startStream } from '../stream/start-stream';
import { ClusterParts } from './cluster-parts';
import { watchForHangs } from './hang-watch';
import { keepRunState } from './keep-run-state';
import { showWarnings } from './log-tail';

// Six services with their pools, Debezium and the command line.
const LEDGER_SETTINGS = { max_connections: 200 };
// Gateways that are ready answer in milliseconds; on a machine whose cores are all busy, later.
const READY_MS_MAX = 5_000;

/** What each step of the start needs. */
interface Launch {
  config: LaunchConfig;
  env: Record<string, string | undefined>;
  log: Logger;
  life: Lifetime;
  say: Say;
  secrets: Secrets;
  parts: ClusterParts;
}

/** Starts the cluster step by step; each step reports what it does and, when it fails, what to do. Throws `StartError` or `Interrupted`. */
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
  await launchAll({ config, env, log, life, say, parts, secrets: openSecrets(config.dataDir) });
}

async function launchAll(launch: Launch): Promise<void> {
  const { config, life, say, parts } = launch;
  const until = interruptible(life);
  await until(requirePrograms(config.given, say));
  await until(requireGiven(config.given, { say }));
  life.checkpoint();
  await until(endStrays(config.dataDir, say));
  const port = await choosePublicPort(config);
  const ports = await choosePorts(join(config.dataDir, 'cluster'), SERVICE_PORTS);
  const address = `http://${hostForClients(config.host)}:${port}`;

  const { ledger, servers } = await startStores(launch, until);
  const slot = slotNames(config.databaseUrl);
  await until(refuseForeignConnector(config, ledger.adminUrl, slot));
  const { urls, dropId } = await until(prepare(launch, ledger, slot));

  const places = {
    ledger: urls,
    redisUrl: servers.redisUrl,
    kafkaBrokers: servers.kafkaBrokers,
    kafkaSecurity: servers.kafkaSecurity,
    publicAddress: config.publicAddress ?? address,
    // The public address may be unreachable from this machine.
    callbackAddress: config.callbackAddress ?? address,
  };
  await until(startServicesAndStream(launch, planServices(config, ports, places, launch.env), places, slot));
  await until(startFront(launch, port, address));
  const stopKeeping = keepRunState(parts, config.dataDir, {
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
  const signIn = await adminSignIn(urls.accounts, places.publicAddress);
  process.stdout.write(`${readyMessage({ address, dropId, signIn, places: facts, stop })}\n`);
}

type Until = <T>(work: Promise<T>) => Promise<T>;

/** A shutdown abandons a long step; what it has started is stopped with the rest. */
function interruptible(life: Lifetime): Until {
  return (work) => {
    work.catch(() => undefined);
    const interrupted = life.untilAsked().then(() => {
      throw new Interrupted();
    });
    return Promise.race([work, interrupted]);
  };
}

/** What a killed launcher left stops without help, but still holds the ports that are needed now. */
async function endStrays(dataDir: string, say: Say): Promise<void> {
  await Promise.all([
    endStray(join(dataDir, 'proxy'), say, 'nginx'),
    ...SERVICE_INSTANCES.map((instance) => endStray(workFolderOf(dataDir, instance), say)),
  ]);
}

/** nginx cannot choose a free port itself. */
async function choosePublicPort({ host, port }: LaunchConfig): Promise<number> {
  if (port === 0) return freePort();
  await probePort(host, port);
  return port;
}

async function startStores(launch: Launch, until: Until) {
  const { config, secrets, log, life, say, parts } = launch;
  const missing = [
    config.databaseUrl === null && 'PostgreSQL',
    config.given.redisUrl === null && 'Redis',
    config.given.kafkaBrokers === null && 'Kafka',
  ].filter(Boolean);
  if (missing.length > 0) say(`Starting ${missing.join(', ')} …`);
  const onBack = () => undefined; // run.json is updated continuously
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
  const starting = startServers({
    dataDir: config.dataDir,
    redisPassword: secrets.redisPassword,
    kafkaPassword: secrets.kafkaPassword,
    given: config.given,
    say,
  }).then((servers) => (parts.servers = servers));
  // An interrupted ledger stops itself, and must not be left half started when the others fail.
  const [ledger, servers] = await Promise.allSettled([opening, until(starting)]);
  if (ledger.status === 'rejected') throw ledger.reason;
  if (servers.status === 'rejected') throw servers.reason;
  return { ledger: ledger.value, servers: servers.value };
}

/** Runs before this product has written anything outside its own ledger. */
async function refuseForeignConnector(
  { given, dataDir }: LaunchConfig,
  databaseUrl: string,
  { slot }: SlotNames,
): Promise<void> {
  const { connectUrl } = given;
  if (connectUrl !== null) await requireOwnConnector({ connectUrl, databaseUrl, slot, dataDir });
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
  // Connect's offsets of a missing slot are wrong. Without them it takes a snapshot and misses nothing.
  if (!(await isSlotThere(urls.stream, slot)))
    await rm(join(config.dataDir, 'connect', 'offsets'), { force: true });
  const dropId = await withLedger(urls.inventory, ROLES.inventory, async (pool) => {
    const drops = new LedgerDropStore(pool);
    await seedLedger(drops, { demo: config.demo });
    return findOpenDrop(drops);
  });
  await shareMerchants(urls);
  return { urls, dropId };
}

/** Concurrently: each waits for what it needs, and on a small machine the start of Java takes longest. */
async function startServicesAndStream(
  { config, secrets, log, say, parts }: Launch,
  plans: ReturnType<typeof planServices>,
  { ledger, kafkaBrokers, kafkaSecurity }: ServicePlaces,
  { slot }: SlotNames,
): Promise<void> {
  say(
    'Starting the change stream, two each of inventory, checkout, accounts and gateway, and the runner of rehearsals …',
  );
  mkdirSync(join(config.dataDir, 'logs'), { recursive: true });
  const stream = startStream({
    dataDir: config.dataDir,
    kafkaBrokers,
    kafkaSecurity,
    databaseUrl: ledger.stream,
    connectPassword: secrets.connectPassword,
    givenUrl: config.given.connectUrl,
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
  // Only from now on: while they start, services warn that they wait for each other.
  for (const { instance } of plans)
    parts.watches.push(showWarnings(logFileOf(config.dataDir, instance), log.child({ instance })));
}

/** Starts nginx at the one public address. */
async function startFront({ config, say, parts }: Launch, port: number, address: string): Promise<void> {
  const gateways = parts.services
    .filter(({ plan }) => plan.service === 'gateway')
    .map(({ plan }) => plan.address);
  const { host, dataDir, limits, proxyHops: hops } = config;
  parts.proxy = await supervise({
    start: () => startProxy({ dir: join(dataDir, 'proxy'), host, port, gateways, hops, limits, say }),
    onEvent: inWords('nginx', say),
  });
  const answer = await readyThrough(address);
  if (answer === '200') return;
  throw new StartError(
    `the gateways are ready, but nginx at ${address} answered ${answer} instead of 200. See ${join(dataDir, 'proxy', 'nginx.log')}`,
  );
}

/** The status of the answer, or why there is none. */
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
