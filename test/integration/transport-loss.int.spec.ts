import { MessagePattern, Payload } from '@nestjs/microservices';
import { NEVER } from 'rxjs';
import {
  type InventoryCalls,
  type PlaceHold,
  type PlaceOutcome,
  ServiceUnavailable,
} from '@holdfast/contracts';
import {
  type CallFrame,
  INVENTORY_CALLS,
  remoteAccounts,
  remoteInventory,
  rendezvous,
  type Peers,
} from '@holdfast/transport';
import { leastOf, waitFor } from '@holdfast/testing';
import { INVENTORY_SERVER } from '../../apps/inventory/src/entrypoints/tcp/inventory.server';
import { createLedger, type TestLedger } from '../support/database';
import { insertDrop, onDatabase } from '../support/drops';
import { openInventory } from '../support/inventory';
import {
  callersOf,
  holdOf,
  inventoryAt,
  startAccounts,
  lastingAddress,
  placeCommand,
  startInventory,
  type TestService,
} from './transport-support';
import { TcpProxy } from '../support/proxy/tcp-proxy';

const [InventoryServer] = INVENTORY_SERVER.controllers;

/** Its heartbeats go on, but it is stuck in its calls, and does not even say that it is late. */
class StuckServer extends InventoryServer {
  static stuck = true;

  @MessagePattern(INVENTORY_CALLS)
  override calls(@Payload() frame: CallFrame) {
    return StuckServer.stuck ? NEVER : super.calls(frame);
  }
}

class FailingServer extends InventoryServer {
  @MessagePattern(INVENTORY_CALLS)
  override calls(): never {
    throw new Error('the handler itself');
  }
}

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const held = (command: PlaceHold): PlaceOutcome => ({ kind: 'held', hold: holdOf(command), replayed: false });

/** An inventory that says which instance answered: in the customer of the hold. */
const named = (name: string): Partial<InventoryCalls> => ({
  placeHold: async (command) => held({ ...command, customerId: name }),
});

async function started(service: Partial<InventoryCalls>, listen?: string): Promise<TestService> {
  const server = await startInventory(service, listen === undefined ? {} : { listen });
  open.push(() => server.stop());
  return server;
}

async function proxied(target: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.start(`tcp://${target}`);
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
    proxy.loseReply = (bytes) => bytes.includes('"held"') && (lost += 1) === 1;
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

  it('of a call that must not happen twice is said to be lost, and the call is not sent again', async () => {
    let changes = 0;
    const server = await startAccounts({
      changePassword: async () => {
        changes += 1;
        return { kind: 'changed' };
      },
    });
    open.push(() => server.stop());
    const proxy = await proxied(server.address);
    const peers = callersOf([proxy.address], { service: 'accounts' });
    open.push(() => peers.close());
    const accounts = remoteAccounts(peers);
    const change = () =>
      accounts.changePassword({
        caller: { merchantId: 'mer_1', staffId: 'stf_1', sessionId: 'ses_1' },
        current: 'the password until now',
        next: 'the password from now on',
        from: { requestId: null, address: null },
      });
    await waitFor('the peer up', () => peers.usable);
    proxy.loseReply = (bytes) => bytes.includes('"changed"') && changes === 1;
    await expect(change()).rejects.toThrow('the connection was lost before changePassword was answered');
    expect(changes).toBe(1);
    expect(await change()).toEqual({ kind: 'changed' });
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
    const deadly: Partial<InventoryCalls> = {
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
    const answeredAfterMs = async () => {
      const begun = performance.now();
      expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('second');
      return performance.now() - begun;
    };
    expect(await leastOf(2_500, answeredAfterMs)).toBeLessThan(2_500);

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
    const inventory = remoteInventory(peers);
    const outcomes = await Promise.all(
      addresses.map((address) => inventory.placeHold(placeCommand(dropAt(address, addresses)))),
    );
    expect(outcomes.map(whoHolds)).toEqual(['second', 'second', 'second']);
  });

  it('with calls that never end although its heartbeats go on opens the circuit, and then gets a trial', async () => {
    StuckServer.stuck = true;
    const first = await startInventory(named('first'), { controller: StuckServer });
    open.push(() => first.stop());
    const second = await started(named('second'));
    const addresses = [first.address, second.address];
    const { peers, inventory } = await callers(addresses, {
      settings: { breakerTimeouts: 2, breakerOpenMs: 3_000 },
    });
    const dropId = dropAt(first.address, addresses);
    // Two frames, as their calls are made in different turns.
    const frames: Promise<unknown>[] = [];
    for (let i = 0; i < 2; i += 1) {
      frames.push(inventory.placeHold(placeCommand(dropId)).catch((error: Error) => error));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const late of await Promise.all(frames)) expect(late).toBeInstanceOf(ServiceUnavailable);
    expect(stateOf(peers, first.address)).toBe('circuit-open');
    expect(whoHolds(await inventory.placeHold(placeCommand(dropId)))).toBe('second');
    StuckServer.stuck = false;
    await waitFor('tried again', async () => {
      const outcome = await inventory.placeHold(placeCommand(dropId));
      return whoHolds(outcome) === 'first';
    });
    expect(stateOf(peers, first.address)).toBe('up');
  });
});

it('an instance whose handler fails says so to each call of the frame, at once', async () => {
  const server = await startInventory({}, { controller: FailingServer });
  open.push(() => server.stop());
  const { peers } = await callers([server.address]);
  const call = () => peers.call(['getDrop', 'd1234567'], { key: undefined, deadlineMs: 60_000 });
  const answers = [call(), call(), call()].map((answer) => answer.catch(({ message }: Error) => message));
  expect(await Promise.all(answers)).toEqual(Array(3).fill(expect.stringContaining('failed')));
  expect(server.log.text()).toContain('handler of calls failed');
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
