import { ServiceUnavailable } from '@holdfast/contracts';
import { TestClock } from '@holdfast/testing';
import { FakeAccounts } from '../../../../../../test/support/fake-accounts';
import { RevocationWatch } from './revocation-watch';

function setUp() {
  const accounts = new FakeAccounts();
  const clock = new TestClock(Date.now());
  const watch = new RevocationWatch(accounts.revocations, clock, () => undefined);
  return { accounts, clock, watch };
}

describe('the revocations that a gateway knows', () => {
  it('end a session for all its tokens, stepped up or not, and no other session', async () => {
    const { accounts, clock, watch } = setUp();
    const tokens = [false, true].map((steppedUp) => accounts.token({ sessionId: 'ses_1', steppedUp }));
    const other = accounts.token({ sessionId: 'ses_2' });
    for (const token of tokens) expect(await watch.read(token)).toMatchObject({ sessionId: 'ses_1' });
    accounts.revoked.push({ kind: 'session', id: 'ses_1' });
    clock.ms += 5_000;
    for (const token of tokens) expect(await watch.read(token)).toBeNull();
    expect(await watch.read(other)).toMatchObject({ sessionId: 'ses_2' });
  });

  it('end an API key that was found before', async () => {
    const { accounts, clock, watch } = setUp();
    expect(await watch.isLive({ id: 'key_1' })).toBe(true);
    accounts.revoked.push({ kind: 'api-key', id: 'key_1' });
    clock.ms += 5_000;
    expect(await watch.isLive({ id: 'key_1' })).toBe(false);
  });

  it('not heard for five seconds: nobody is admitted until they are known again', async () => {
    const { accounts, clock, watch } = setUp();
    const token = accounts.token();
    expect(await watch.read(token)).not.toBeNull();
    accounts.fault = new ServiceUnavailable('accounts is unreachable');
    expect(await watch.read(token)).not.toBeNull();
    clock.ms += 5_000;
    await expect(watch.read(token)).rejects.toThrow(ServiceUnavailable);
    accounts.fault = undefined;
    expect(await watch.read(token)).not.toBeNull();
  });

  it('are forgotten when no token of that time can be alive', async () => {
    const { accounts, clock, watch } = setUp();
    for (let n = 0; n < 1_000; n += 1) accounts.revoked.push({ kind: 'session', id: `ses_${n}` });
    await watch.read(accounts.token());
    expect(watch.size).toBe(1_000);
    clock.ms += 12 * 60_000;
    await watch.read(accounts.token());
    expect(watch.size).toBe(0);
  });

  it('calls at the same time ask once', async () => {
    const { accounts, watch } = setUp();
    const asked = jest.spyOn(accounts.revocations, 'revocationsSince');
    await Promise.all(Array.from({ length: 50 }, () => watch.read(accounts.token())));
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
