import type { ChangeRecord } from '@holdfast/contracts';
import type { Lsn } from './lsn';
import type { ReplicationConnection } from './replication-connection';
import { StreamSession } from './stream-session';
import type { Transaction, TransactionReader } from './transactions';

const transaction = (end: Lsn, ...records: string[]): Transaction => ({
  end,
  records: records as unknown as ChangeRecord[],
});

/** A session whose messages are whole transactions, and all that it does, in order. */
function setup(apply: () => Promise<void> = () => Promise.resolve()) {
  const done: string[] = [];
  const sent: Transaction[] = [];
  const connection = {
    acknowledge: (lsn: Lsn) => done.push(`acknowledge ${lsn}`),
    resume: () => undefined,
    destroy: () => done.push('destroy'),
  } as unknown as ReplicationConnection;
  const reader = { midway: false, take: () => sent.shift() ?? null } as unknown as TransactionReader;
  const session = new StreamSession(connection, reader, async (records) => {
    done.push(`apply ${records.join(' ')}`);
    await apply();
  });
  const receive = (it: Transaction) => {
    sent.push(it);
    session.onData(0n, Buffer.alloc(0));
  };
  return { session, done, receive };
}

const turn = () => new Promise(setImmediate);

describe('a session of the change stream', () => {
  it('applies what came in one turn with an empty transaction, before a keepalive acknowledges it', async () => {
    const { session, done, receive } = setup();
    receive(transaction(20n));
    receive(transaction(40n, 'sold'));
    await turn();
    session.onKeepalive(50n, false);
    await turn();
    expect(done).toEqual(['apply sold', 'acknowledge 40', 'acknowledge 50']);
  });

  it('acknowledges nothing that waits in the queue, though the keepalive comes in the same turn', async () => {
    const { session, done, receive } = setup();
    receive(transaction(20n));
    receive(transaction(40n, 'sold'));
    session.onKeepalive(50n, true);
    await turn();
    expect(done).toEqual(['acknowledge 0', 'apply sold', 'acknowledge 40']);
  });

  it('goes on after an empty transaction that came alone', async () => {
    const { done, receive } = setup();
    receive(transaction(20n));
    await turn();
    receive(transaction(40n, 'sold'));
    await turn();
    expect(done).toEqual(['acknowledge 20', 'apply sold', 'acknowledge 40']);
  });

  it('acknowledges a keepalive when all is applied, and not while a batch is in hand', async () => {
    let finish = () => undefined as void;
    const { session, done, receive } = setup(() => new Promise((resolve) => (finish = resolve)));
    receive(transaction(40n, 'sold'));
    await turn();
    session.onKeepalive(50n, false);
    expect(done).toEqual(['apply sold']);
    finish();
    await turn();
    session.onKeepalive(60n, false);
    expect(done).toEqual(['apply sold', 'acknowledge 40', 'acknowledge 60']);
  });
});
