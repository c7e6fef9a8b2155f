import { type AppConfig, isLoopback, Runtime } from '@holdfast/config';
import type { Logger } from '@holdfast/observability';
import { DropStore } from '../../../inventory/src/application/ports/drop-store.port';
import { findOpenDrop, seedLedger } from '../../../inventory/src/application/drops/seed';
import { createGatewayApp } from '../../../gateway/src/bootstrap';
import { closeApp } from '../../../gateway/src/close-app';
import { StandaloneModule } from '../standalone.module';
import { openSecrets, takeDataFolder } from './data-folder';
import { type Ledger, openLedger } from './ledger';
import {
  type Lifetime,
  productVersion,
  removeRunState,
  type RunState,
  writeRunState,
} from '@holdfast/process';
import { listen, probePort } from './listen';
import { adminSignIn } from './admin-sign-in';
import { prepareLedger } from './prepare-ledger';
import { readyMessage } from './ready-message';
import { shareMerchants } from './share-merchants';
import { slotStays, slotWarning } from './slot-advice';

/** Brings the product up, step by step; each step says to `life` how it is undone. Throws `StartError` or `Interrupted`. */
export async function startProduct(config: AppConfig, log: Logger, life: Lifetime): Promise<void> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const lock = takeDataFolder(config.dataDir, 'standalone');
  life.onEnd('data folder', () => lock.release());
  removeRunState(config.dataDir); // of a product that was killed
  if (config.port !== 0) await probePort(config.host, config.port);
  const secrets = openSecrets(config.dataDir);
  let refresh: () => void = () => undefined;
  const onBack = () => refresh();
  const ledger = await openLedger({ config, secrets, log, signal: life.signal, say, onBack });
  life.onEnd('ledger', () => ledger.stop());
  life.checkpoint();
  const prepared = await prepareLedger(ledger, {
    config,
    secrets,
    productKey: secrets.serviceKey,
    log,
    say,
  });
  life.onEnd('claim', () => prepared.release());
  life.onEnd('slot', () => tellOf(slotStays(ledger), say));
  tellOf(slotWarning(ledger), say);
  life.checkpoint();

  const runtime = new Runtime(prepared.urls, secrets);
  const app = await createGatewayApp(StandaloneModule.with(config, runtime), config);
  life.onEnd('gateway', () => closeApp(app, log));
  const drops = app.get(DropStore);
  await seedLedger(drops, { demo: config.demo });
  await shareMerchants(prepared.urls);
  life.checkpoint();
  const address = await listen(app, config.host, config.port);
  const publicAddress = config.publicAddress ?? address;
  runtime.address = publicAddress;
  runtime.callbackAddress = address;

  warnOfPlainHttp(config, log);

  const startedAt = new Date().toISOString();
  refresh = () => writeRunState(config.dataDir, runState(startedAt, address, ledger, prepared.urls.operator));
  refresh();
  life.onEnd('run state', () => {
    refresh = () => undefined;
    removeRunState(config.dataDir);
  });
  life.checkpoint();
  const dropId = await findOpenDrop(drops);
  const places = [
    ['Ledger', ledger.place],
    ['Data', config.dataDir],
  ] as const;
  const signIn = await adminSignIn(prepared.urls.accounts, publicAddress);
  process.stdout.write(`${readyMessage({ address, dropId, signIn, places, stop: 'Ctrl-C' })}\n`);
}

/** Browsers keep secure cookies only over TLS or on localhost; the shop falls back to a plain one, which others on the way can read. */
function warnOfPlainHttp({ host, publicAddress, proxyHops }: AppConfig, log: Logger): void {
  if (isLoopback(host) || proxyHops > 0 || publicAddress?.startsWith('https:')) return;
  log.warn(
    { host },
    'serving plain http beyond this machine: sessions and orders can be read in transit. Put a proxy with TLS in front, and set HOLDFAST_PROXY_HOPS and HOLDFAST_PUBLIC_ADDRESS',
  );
}

function tellOf(line: string | null, say: (line: string) => void): void {
  if (line !== null) say(line);
}

function runState(startedAt: string, address: string, ledger: Ledger, databaseUrl: string): RunState {
  const { pid } = process;
  const self = { name: 'holdfast', kind: 'standalone', pid, address, version: productVersion() } as const;
  return {
    pid,
    startedAt,
    mode: 'standalone',
    address,
    databaseUrl,
    components: [self, ledger.component()],
  };
}
