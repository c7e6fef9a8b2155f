import type { Runtime } from '@holdfast/config';
import type { LiveFeed, StockView } from '@holdfast/contracts';
import type { Background, Clock } from '@holdfast/kernel';
import type { ChangeStream } from '@holdfast/messaging';
import type { Logger, Metrics } from '@holdfast/observability';
import type { CountsReader } from './application/ports/counts-reader.port';
import type { DropRecords } from './application/ports/drop-records.port';
import type { DropUpkeep } from './application/ports/drop-upkeep.port';
import type { GateSource } from './application/ports/gate-source.port';
import type { Gate } from './application/ports/gate.port';
import type { Ledger } from './application/ports/ledger.port';
import type { LivePublisher } from './application/ports/live-publisher.port';
import type { RehearsalUpkeep } from './application/ports/rehearsal-upkeep.port';
import type { StockViewWriter } from './application/ports/stock-view-writer.port';
import type { ViewKeeper } from './application/ports/view-keeper.port';

/** The parts of inventory that both modes share: its ledger. */
export interface Core {
  runtime: Runtime;
  ledger: Ledger & GateSource;
  records: DropRecords;
  upkeep: DropUpkeep;
  rehearsals: RehearsalUpkeep;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
}

/** The parts that differ between the modes (`adapters.standalone.ts`, `adapters.cluster.ts`). */
export interface Adapters {
  gate: Gate;
  stream: ChangeStream;
  view: StockViewWriter;
  publisher: LivePublisher;
  keeper: ViewKeeper;
  counts: CountsReader;
  /** For a gateway in this process. In the cluster, gateways have their own view and feed. */
  local?: { view: StockView; feed: LiveFeed };
  /** Further background work. */
  background?: Background;
}
