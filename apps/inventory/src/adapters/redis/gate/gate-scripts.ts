import { networkNames } from '@holdfast/contracts';
import type { Clock } from '@holdfast/kernel';
import type { LuaCall, RedisCalls } from '@holdfast/redis';
import type { GateSale } from '../../../application/ports/gate-source.port';
import type { GateQuery } from '../../../application/ports/gate.port';
import type { UnitsOnOffer } from '../../../application/ports/ledger.port';
import { type DecisionCode, readDecisions } from './decisions';
import type { GateSettings } from './gate-settings';
import { lua, LuaCode } from './lua/lua.generated';

/** Version of the key layout. It is part of the keys, so that processes with another one do not read them. */
const LAYOUT = 'hf1';

/** One hash tag for each drop, so that its keys share a slot. In the order of the scripts' KEYS. */
export function gateKeys(
  dropId: string,
): [gate: string, customers: string, deadlines: string, inFlight: string, early: string] {
  const key = (what: string) => `${LAYOUT}:{${dropId}}:${what}`;
  return [key('gate'), key('customers'), key('deadlines'), key('in-flight'), key('early')];
}

/** Data from the ledger, as far as known. */
export interface GateUpdate {
  /** The rows were read from the ledger just now. */
  current: boolean;
  sale?: Pick<GateSale, 'open' | 'closesInMs' | 'perCustomerLimit'> & Partial<Pick<GateSale, 'opensInMs'>>;
  rows?: Iterable<readonly [sku: string, row: UnitsOnOffer]>;
  customers?: readonly string[];
  /** Hold ids of places that are no longer in flight: answered or withdrawn. */
  settled?: readonly string[];
}

export interface ShortageRead {
  perCustomerLimit: number;
  openForMs: number | null;
  /** Null if uncertain. */
  units: (number | null)[];
  customers: string[];
}

/** The scripts of the gate: encodes their arguments and decodes their replies. */
export class GateScripts {
  private readonly call: Record<keyof typeof lua, LuaCall>;

  constructor(
    calls: RedisCalls,
    private readonly clock: Clock,
    private readonly settings: GateSettings,
  ) {
    const made = Object.entries(lua).map(([name, script]) => [name, calls.script(script)] as const);
    this.call = Object.fromEntries(made) as Record<keyof typeof lua, LuaCall>;
  }

  /** Null if the gate has to be seeded first. */
  async admit(dropId: string, places: readonly GateQuery[]): Promise<(DecisionCode | number[])[] | null> {
    const { inFlightMs, probeMs } = this.settings;
    const args: (string | number)[] = [this.nowMs, inFlightMs, probeMs];
    for (const place of places) {
      const names = [place.customerId, ...networkNames(place.network)];
      args.push(place.holdId(), names.length, ...names, place.lines.length);
      for (const { sku, quantity } of place.lines) args.push(sku, quantity);
    }
    return readDecisions(await this.call.admitPlaces(gateKeys(dropId), args), places);
  }

  async learn(dropId: string, update: GateUpdate): Promise<LuaCode> {
    const { nowMs } = this;
    const { ttlMs, trustMs } = this.settings;
    const { current, sale, rows = [], customers = [], settled = [] } = update;
    const rowArgs: (string | number)[] = [];
    for (const [sku, { units, epoch, version }] of rows) rowArgs.push(sku, units, epoch, version);
    // Wall-clock times: several processes compare with them.
    const at = (inMs: number | null = null) => (inMs === null ? '' : Math.round(nowMs + inMs));
    const saleArgs =
      sale === undefined
        ? ['', '', '', '']
        : [
            sale.open ? 1 : 0,
            sale.open ? '' : at(sale.opensInMs),
            at(sale.closesInMs),
            sale.perCustomerLimit,
          ];
    const args = [nowMs, ttlMs, trustMs, current ? 1 : 0, ...saleArgs, rowArgs.length / 4, customers.length];
    return (await this.call.learnSale(gateKeys(dropId).slice(0, 4), [
      ...args,
      ...rowArgs,
      ...customers,
      ...settled,
    ])) as LuaCode;
  }

  async begin(dropId: string, token: string): Promise<LuaCode> {
    const args = [this.nowMs, this.settings.seedLeaseMs, token];
    return (await this.call.beginSeed(gateKeys(dropId).slice(0, 2), args)) as LuaCode;
  }

  async renew(dropId: string, token: string): Promise<LuaCode> {
    return (await this.call.renewSeed(gateKeys(dropId).slice(0, 1), [this.nowMs, token])) as LuaCode;
  }

  async finish(dropId: string, token: string): Promise<LuaCode> {
    const args = [token, this.settings.ttlMs];
    return (await this.call.finishSeed(gateKeys(dropId).slice(0, 2), args)) as LuaCode;
  }

  async shortage(dropId: string, skus: readonly string[]): Promise<ShortageRead | null> {
    const [gate, customers, , , early] = gateKeys(dropId);
    const { probeMs, shortageCustomersMax } = this.settings;
    const args = [this.nowMs, probeMs, shortageCustomersMax, ...skus];
    const answer = await this.call.readShortage([gate, customers, early], args);
    const [code, perCustomerLimit, openForMs, units, known] = answer as [
      LuaCode,
      number,
      number,
      number[],
      string[],
    ];
    if (code !== LuaCode.SEEDED) return null;
    return {
      perCustomerLimit,
      openForMs: openForMs < 0 ? null : openForMs,
      units: units.map((each) => (each < 0 ? null : each)),
      customers: known.filter((customer) => !customer.startsWith('#')),
    };
  }

  private get nowMs(): number {
    return Math.round(this.clock.now());
  }
}
