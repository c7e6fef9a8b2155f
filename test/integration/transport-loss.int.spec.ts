import { MessagePattern, Payload } from '@nestjs/microservices';
import { NEVER } from 'rxjs';
import {
  type InventoryClient,
  type PlaceHold,
  type PlaceOutcome,
  ServiceUnavailable,
} from '@holdfast/contracts';
import { INVENTORY_CALLS, RemoteInventory, rendezvous, type Peers } from '@holdfast/transport';
import { waitFor } from '@holdfast/testing';
import { InventoryServer } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { openInventory } from '../support/inventory';
import {
  callersOf,
  holdOf,
  inventoryAt,
  lastingAddress,
  placeCommand,
  ServiceProxy,
  startInventory,
  type TestService,
} from './transport-support';

/** Its pulse goes on, but it is stuck in its calls, and does not even say that it is late. */
class StuckServer extends InventoryServer {
  static stuck = true;

  @MessagePattern(INVENTORY_CALLS)
  override calls(@Payload() frame: unknown) {
    return StuckServer.stuck ? NEVER : super.calls(frame);
  }
}

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const held = (command: PlaceHold): PlaceOutcome => ({ kind: 'held', hold: holdOf(command), replayed: false });

/** An inventory that says which instance answered: in the customer of the hold. */
const named = (name: string): Partial<InventoryClient> => ({
  placeHold: async (command) => held({ ...command, customerId: name }),
});

async function started(service: Partial<InventoryClient>, listen?: string): Promise<TestService> {
  const server = await startInventory(service, listen === undefined ? {} : { listen });
  open.push(() => server.stop());
  return server;
}

async function proxied(target: string): Promise<ServiceProxy> {
  const proxy = await ServiceProxy.start(target);
  open.push(() => proxy.stop());
  return proxy;
}

async function callers(addresses: string[], options: Parameters<typeof callersOf>[1] = {}) {
  const made = await inventoryAt(addresses, options);
  open.push(() => made.peers.close());
  await waitFor('all peers up', () => made.peers.status().every(({ state }) => state === 'up'));
  return made;
}

/** A drop whose home is that address. */
function dropAt(address: string, addresses: string[]): string {
  for (let n = 0; ; n += 1) {
    const dropId = `d${1_000_000 + n}`;
    if (rendezvous(dropId, addresses) === address) return dropId;
  }
}

const whoHolds = (outcome: PlaceOutcome) =>
  outcome.kind === 'held' ? outcome.hold.customerId : outcome.kind;
const stateOf = (peers: Peers, address: string) => peers.status().find((it) => it.address === address)!.state;

describe('a lost answer', () => {
  let db: TestLedger;

  beforeAll(async () => {
    db = await createLedger('transport_loss');
  });

  afterAll(() => db.drop());

  it('is asked for again under the same id: one hold, and the answer of the first time', async () => {
    const dropId = await insertDrop(db.url, { skus: { A: 5 } });
    const ledgerSide = openInventory(db.url);
    open.push(() => ledgerSide.close());
    let places = 0;
    const server = await started({
      placeHold: (command) => {
        places += 1;
        return ledgerSide.client.placeHold(command);
      },
    });
    const proxy = await proxied(server.address);
    const { inventory } = await callers([proxy.address]);
    let lost = 0;
    // The commit is known and the answer on its way: there the connection ends.
    proxy.loseAnswer = (bytes) => bytes.includes('"held"') && (lost += 1) === 1;
    const outcome = await inventory.placeHold(placeCommand(dropId, { lines: [{ sku: 'A', quantity: 2 }] }));
    expect(outcome).toMatchObject({ kind: 'held', replayed: true });
    expect([lost >= 1, places]).toEqual([true, 2]);
    const counts = await onDatabase(db.url, async (client) => {
      const { rows } = await client.query(
        'SELECT available::int, held::int, (SELECT count(*)::int FROM inventory.hold WHERE drop_id = $1) AS holds FROM inventory.stock WHERE drop_id = $1',
        [dropId],
      );
      return rows[0] as unknown;
    });
    expect(counts).toEqual({ available: 3, held: 2, holds: 1 });
  });
});

describe('an instance that goes away', () => {
  it('loses no call: those under way are asked of the next instance', async () => {
    const first = await started({ placeHold: () => new Promise(() => undefined) });
    const second = await started(named('second'));
    const addresses = [first.address, second.address];
    const { inventory } = await callers(addresses);
    const dropId = dropAt(first.address, addresses);
    const calls = Array.from({ length: 50 }, () => inventory.placeHold(placeCommand(dropId)));
    await waitFor('the calls to be there', () => first.draining.inFlight === 50);
    first.kill();
    expect((await Promise.all(calls)).map(whoHolds)).toEqual(Array(50).fill('second'));
  });

  it('is called again by itself when it is back', async () => {
    const first = await started(named('before'), await lastingAddress());
    const { peers, inventory } = await callers([first.address]);
    expect(whoHolds(await inventory.placeHold(placeCommand('d1234567')))).toBe('before');
    await first.stop();
    await waitFor('seen to be gone', () => stateOf(peers, first.address) === 'down');
    // Asked while nobody is there: it waits, within its deadline.
    const waiting = inventory.placeHold(placeCommand('d1234567'));
    await started(named('after'), first.address);
    expect(whoHolds(await waiting)).toBe('after');
    expect(whoHolds(await inventory.placeHold(placeCommand('d1234567')))).toBe('after');
  });

  it('a command that kills whoever takes it is not sent for ever', async () => {
    let deaths = 0;
    const deadly: Partial<InventoryClient> = {
      placeHold: () => {
        deaths += 1;
        for (const proxy of proxies) proxy.cut();
        return new Promise(() => undefined);
      },
    };
    const proxies = [await proxied((await started(deadly)).address)];
    const { inventory } = await callers([proxies[0]!.address]);
    const error = await inventory.placeHold(placeCommand('d1234567')).catch((it: Error) => it);
    expect(error).toBeInstanceOf(ServiceUnavailable);
    // Four at most; fewer where coming back took a busy machine so long that the call's time was over.
    expect(deaths).toBeGreaterThan(1);
    expect(deaths).toBeLessThanOrEqual(4);
  });
});

describe('an instance that hangs', () => {
  it('is passed over before its calls run out of time, and called again when it moves', async () => {
    const first = await started(named('first'));
    const second = await started(named('second'));
    const proxy = await proxied(first.address);
    const addresses = [proxy.address, second.address];
    const { peers, inventory } = await callers(addresses);
    const dropId = dropAt(proxy.address, addresses);
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('first');

    const backUp = () => waitFor('up again', () => stateOf(peers, proxy.address) === 'up');
    const whoAnswers = async () => {
      proxy.stall();
      const calls = Array.from({ length: 20 }, () => inventory.placeHold(placeCommand(dropId)));
      return Promise.all(calls.map((call) => call.then(whoHolds, (error: Error) => error.message)));
    };
    let answers = await whoAnswers();
    // Of three seconds a machine that stands still may leave none for the second.
    for (let again = 0; again < 2 && answers.some((answer) => answer !== 'second'); again += 1) {
      proxy.resume();
      await backUp();
      answers = await whoAnswers();
    }
    expect(answers).toEqual(Array(20).fill('second'));
    expect(stateOf(peers, proxy.address)).toBe('down');
    const begun = performance.now();
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('second');
    expect(performance.now() - begun).toBeLessThan(2_500);

    proxy.resume();
    await backUp();
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('first');
  });

  it('from the first moment is never waited for', async () => {
    const second = await started(named('second'));
    const deaf = await proxied('127.0.0.1:1');
    const silent = await proxied(second.address);
    silent.stall();
    const addresses = [silent.address, deaf.address, second.address];
    const peers = callersOf(addresses);
    open.push(() => peers.close());
    await waitFor('one peer up', () => peers.usable);
    const inventory = new RemoteInventory(peers);
    const outcomes = await Promise.all(
      addresses.map((address) => inventory.placeHold(placeCommand(dropAt(address, addresses)))),
    );
    expect(outcomes.map(whoHolds)).toEqual(['second', 'second', 'second']);
  });

  it('with calls that never end although its pulse goes on gets a rest, and then a trial', async () => {
    StuckServer.stuck = true;
    const first = await startInventory(named('first'), { controller: StuckServer });
    open.push(() => first.stop());
    const second = await started(named('second'));
    const addresses = [first.address, second.address];
    const { peers, inventory } = await callers(addresses, {
      settings: { breakerTimeouts: 2, breakerRestMs: 3_000 },
    });
    const dropId = dropAt(first.address, addresses);
    // Two frames, as their calls are made in different turns.
    const frames: Promise<unknown>[] = [];
    for (let i = 0; i < 2; i += 1) {
      frames.push(inventory.placeHold(placeCommand(dropId)).catch((error: Error) => error));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const late of await Promise.all(frames)) expect(late).toBeInstanceOf(ServiceUnavailable);
    expect(stateOf(peers, first.address)).toBe('resting');
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('second');
    StuckServer.stuck = false;
    await waitFor('tried again', async () => {
      const outcome = await inventory.placeHold(placeCommand(dropId));
      return whoHolds(outcome) === 'first';
    });
    expect(stateOf(peers, first.address)).toBe('up');
  });
});

describe('an instance that leaves in good order', () => {
  it('no call fails under steady calls, and those under way are finished', async () => {
    const slow = async (command: PlaceHold) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return held({ ...command, customerId: 'first' });
    };
    const first = await startInventory({ placeHold: slow });
    const second = await started(named('second'));
    const addresses = [first.address, second.address];
    const { peers, inventory } = await callers(addresses);
    const dropId = dropAt(first.address, addresses);
    const answers: string[] = [];
    let calling = true;
    const steady = Array.from({ length: 20 }, async () => {
      while (calling) answers.push(whoHolds(await inventory.placeHold(placeCommand(dropId))));
    });
    await waitFor('calls at the first', () => answers.length > 100);
    await first.stop();
    await waitFor('gone', () => stateOf(peers, first.address) === 'down');
    const after = answers.length;
    await waitFor('calls at the second', () => answers.length > after + 100);
    calling = false;
    await Promise.all(steady);
    expect(new Set(answers)).toEqual(new Set(['first', 'second']));
  });

  it('says `draining` while it finishes, and is not asked again', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let places = 0;
    const first = await startInventory({
      placeHold: async (command) => {
        places += 1;
        await finished;
        return held({ ...command, customerId: 'first' });
      },
    });
    const second = await started(named('second'));
    const addresses = [first.address, second.address];
    const { peers, inventory } = await callers(addresses);
    const dropId = dropAt(first.address, addresses);
    const begun = inventory.placeHold(placeCommand(dropId));
    await waitFor('the call to be there', () => places === 1);
    const stopped = first.stop();
    await waitFor('draining', () => first.draining.active);
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('second');
    expect(stateOf(peers, first.address)).toBe('draining');
    finish();
    expect(whoHolds(await begun)).toBe('first');
    await stopped;
    expect(places).toBe(1);
  });

  it('alone, its calls wait for the one that takes its place', async () => {
    const first = await startInventory(named('first'), { listen: await lastingAddress() });
    const { inventory } = await callers([first.address]);
    first.draining.begin();
    const calls = Array.from({ length: 10 }, () => inventory.placeHold(placeCommand('d1234567')));
    await first.stop();
    await started(named('after'), first.address);
    expect((await Promise.all(calls)).map(whoHolds)).toEqual(Array(10).fill('after'));
  });
});
