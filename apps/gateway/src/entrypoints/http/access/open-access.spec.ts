import { SystemClock } from '@holdfast/kernel';
import { waitFor } from '@holdfast/testing';
import { OpenAccess } from './open-access';
import type { MerchantPrincipal } from './request';

const person = (sessionId: string) =>
  ({ kind: 'staff', sessionId, endsAtMs: Infinity }) as unknown as MerchantPrincipal;

describe('open answers', () => {
  let open: OpenAccess;
  const faults: unknown[] = [];
  afterEach(async () => {
    await open.stop();
    expect(faults).toEqual([]);
  });

  it('end at once when their caller has signed out, while accounts does not answer about others', async () => {
    const ended = new Set<string>();
    const answers: ((problem: null) => void)[] = [];
    open = new OpenAccess(
      { hasEnded: (id) => id === 'ses_2', isCurrent: () => Promise.resolve(true) },
      { refusalOf: () => new Promise<null>((resolve) => answers.push(resolve)) },
      new SystemClock(),
      (error) => faults.push(error),
    );
    for (const id of ['ses_1', 'ses_2', 'ses_3']) open.track(person(id), () => ended.add(id));
    open.start();
    await waitFor('the one who signed out', () => ended.has('ses_2'));
    expect([...ended]).toEqual(['ses_2']);
    for (const answer of answers) answer(null);
  });

  it('ask about all who are left together', async () => {
    const asked: string[] = [];
    const answers: ((problem: null) => void)[] = [];
    open = new OpenAccess(
      { hasEnded: () => false, isCurrent: () => Promise.resolve(true) },
      {
        refusalOf: (principal) => {
          asked.push((principal as { sessionId: string }).sessionId);
          return new Promise<null>((resolve) => answers.push(resolve));
        },
      },
      new SystemClock(),
      (error) => faults.push(error),
    );
    for (const id of ['ses_1', 'ses_2', 'ses_3']) open.track(person(id), () => undefined);
    open.start();
    await waitFor('all are asked about', () => asked.length === 3);
    for (const answer of answers) answer(null);
  });
});
