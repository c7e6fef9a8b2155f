import { networkNames } from '@holdfast/contracts';
import type { LuaCall, RedisCalls } from '@holdfast/redis';
import type { GateQuery } from '../../../application/ports/gate.port';
import type { UnitsOnOffer } from '../../../application/ports/ledger.port';
import { lua, LuaCode } from '../lua/lua.generated';
import type { GateSettings } from './gate-settings';
import { type Judgement, readJudgements } from './judgements';

export type { Judgement } from './judgements';

/** Version of the layout of the keys. A process with another one must not read them, so it has other keys. */
const LAYOUT = 'hf1';

/** One hash tag a drop, so that a cluster keeps them together. In the order of the scripts' KEYS. */
export function gateKeys(
  dropId: string,
): [gate: string, customers: string, flight: string, aloft: string, early: string] {
  const key = (what: string) => `${LAYOUT}:{${dropId}}:${what}`;
  return [key('gate'), key('customers'), key('flight'), key('aloft'), key('early')];
}

/** What the ledger says, as much of it as is known. */
export interface Lesson {
  /** The rows were read from the ledger just now. */
  sure: boolean;
  sale?: { open: boolean; opensAt: number | null; closesAt: number | null; perCustomerLimit: number };
  rows?: Iterable<readonly [sku: string, row: UnitsOnOffer]>;
  customers?: readonly string[];
  /** Hold ids whose place was answered or withdrawn. */
  landed?: readonly string[];
}

export interface ShortageRead {
  perCustomerLimit: number;
  openForMs: number | null;
  /** Null for what is not sure. */
  units: (number | null)[];
  customers: string[];
}

/** The scripts of the gate with their arguments in order and their answers told apart. */
export class GateScripts {
  private readonly admitPlaces: LuaCall;
  private readonly learnSale: LuaCall;
  private readonly beginSeed: LuaCall;
  private readonly renewSeed: LuaCall;
  private readonly finishSeed: LuaCall;
  private readonly readShortage: LuaCall;

  constructor(
    calls: RedisCalls,
    private readonly settings: GateSettings,
  ) {
    this.admitPlaces = calls.script(lua.admitPlaces);
    this.learnSale = calls.script(lua.learnSale);
    this.beginSeed = calls.script(lua.beginSeed);
    this.renewSeed = calls.script(lua.renewSeed);
    this.finishSeed = calls.script(lua.finishSeed);
    this.readShortage = calls.script(lua.readShortage);
  }

  /** Null when the gate has to be seeded first. */
  async admit(dropId: string, nowMs: number, places: readonly GateQuery[]): Promise<Judgement[] | null> {
    const { flightMs, probeMs } = this.settings;
    const args: (string | number)[] = [nowMs, flightMs, probeMs];
    for (const place of places) {
      const names = [place.customerId, ...networkNames(place.network)];
      args.push(place.holdId(), names.length, ...names, place.lines.length);
      for (const { sku, quantity } of place.lines) args.push(sku, quantity);
    }
    return readJudgements(await this.admitPlaces(gateKeys(dropId), args), places);
  }

  async learn(dropId: string, nowMs: number, lesson: Lesson): Promise<LuaCode> {
    const { ttlMs, trustMs } = this.settings;
    const { sure, sale, rows = [], customers = [], landed = [] } = lesson;
    const rowArgs: (string | number)[] = [];
    for (const [sku, { units, epoch, version }] of rows) rowArgs.push(sku, units, epoch, version);
    const saleArgs =
      sale === undefined
        ? ['', '', '', '']
        : [sale.open ? 1 : 0, sale.opensAt ?? '', sale.closesAt ?? '', sale.perCustomerLimit];
    const [gate, customersKey, flight, aloft] = gateKeys(dropId);
    return (await this.learnSale(
      [gate, customersKey, flight, aloft],
      [
        nowMs,
        ttlMs,
        trustMs,
        sure ? 1 : 0,
        ...saleArgs,
        rowArgs.length / 4,
        customers.length,
        ...rowArgs,
        ...customers,
        ...landed,
      ],
    )) as LuaCode;
  }

  async begin(dropId: string, nowMs: number, token: string): Promise<LuaCode> {
    const [gate, customers] = gateKeys(dropId);
    const args = [nowMs, this.settings.seedLeaseMs, token];
    return (await this.beginSeed([gate, customers], args)) as LuaCode;
  }

  async renew(dropId: string, nowMs: number, token: string): Promise<LuaCode> {
    const [gate] = gateKeys(dropId);
    return (await this.renewSeed([gate], [nowMs, token])) as LuaCode;
  }

  async finish(dropId: string, token: string): Promise<LuaCode> {
    const [gate, customers] = gateKeys(dropId);
    return (await this.finishSeed([gate, customers], [token, this.settings.ttlMs])) as LuaCode;
  }

  async shortage(dropId: string, nowMs: number, skus: readonly string[]): Promise<ShortageRead | null> {
    const [gate, customers, , , early] = gateKeys(dropId);
    const { probeMs, shortageCustomersMax } = this.settings;
    const answer = await this.readShortage(
      [gate, customers, early],
      [nowMs, probeMs, shortageCustomersMax, ...skus],
    );
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
}
