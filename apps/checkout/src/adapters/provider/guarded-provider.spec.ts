import { SystemClock } from '@holdfast/kernel';
import {
  type AuthoriseRequest,
  type CallOptions,
  PaymentProvider,
  type ProviderAnswer,
} from '../../application/ports/payment-provider.port';
import { GuardedProvider } from './guarded-provider';

type Script = (call: number, options?: CallOptions) => Promise<ProviderAnswer>;

/** A provider whose every call does what the test says. */
class Scripted extends PaymentProvider {
  readonly name = 'scripted';
  calls = 0;

  constructor(private readonly script: Script) {
    super();
  }

  judgeToken(): 'taken' {
    return 'taken';
  }
  authorise(_: AuthoriseRequest, options?: CallOptions) {
    return this.script(this.calls++, options);
  }
  capture(_: string, options?: CallOptions) {
    return this.script(this.calls++, options);
  }
  void(_: string, options?: CallOptions) {
    return this.script(this.calls++, options);
  }
  refund(_key: string, _refundKey: string, options?: CallOptions) {
    return this.script(this.calls++, options);
  }
  lookup(_: string, options?: CallOptions) {
    return this.script(this.calls++, options);
  }
}

const guarded = (script: Script, deadlineMs = 150) => {
  const inner = new Scripted(script);
  return { inner, provider: new GuardedProvider(inner, new SystemClock(), deadlineMs) };
};
/** A call without a deadline would wait for a minute or indefinitely. */
const WAITED_MS_MAX = 10_000;
const found: ProviderAnswer = { kind: 'not-found' };
const silent = () => new Promise<ProviderAnswer>(() => undefined);

describe('a guarded provider', () => {
  afterEach(() => jest.restoreAllMocks());

  it('stops waiting at the deadline, tells the call so, and does not know what happened', async () => {
    let aborted = false;
    const { inner, provider } = guarded((_, options) => {
      options?.signal?.addEventListener('abort', () => (aborted = true));
      return silent();
    });
    const began = Date.now();
    expect(await provider.lookup('k')).toMatchObject({ kind: 'unknown' });
    expect(Date.now() - began).toBeLessThan(WAITED_MS_MAX);
    expect(aborted).toBe(true);
    // A call that ran out of time may have happened: it is asked about, not sent again.
    expect(inner.calls).toBe(1);
  });

  it('takes a shorter deadline when the hold ends sooner', async () => {
    const { provider } = guarded(silent, 60_000);
    const began = Date.now();
    expect(await provider.capture('k', { deadlineMs: 50 })).toMatchObject({ kind: 'unknown' });
    expect(Date.now() - began).toBeLessThan(WAITED_MS_MAX);
  });

  it('tries a failed call again, a few times at most', async () => {
    const once = guarded(
      (call) => (call === 0 ? Promise.reject(new Error('reset')) : Promise.resolve(found)),
      60_000,
    );
    expect(await once.provider.lookup('k')).toEqual(found);
    const never = guarded(() => Promise.reject(new Error('reset')), 60_000);
    expect(await never.provider.lookup('k')).toEqual({ kind: 'unknown', why: 'reset' });
    expect(never.inner.calls).toBe(3);
  });

  it('leaves a provider alone that fails all the time', async () => {
    const { inner, provider } = guarded(() => Promise.reject(new Error('down')), 60_000);
    const stillNow = Date.now(); // after a second it would try again
    jest.spyOn(Date, 'now').mockReturnValue(stillNow);
    for (let n = 0; n < 20; n += 1) await provider.lookup('k');
    const calls = inner.calls;
    for (let n = 0; n < 20; n += 1) expect(await provider.lookup('k')).toMatchObject({ kind: 'unknown' });
    expect(inner.calls).toBe(calls);
  });

  it('goes on asking when answers are lost for single payments', async () => {
    // Each lost answer is followed by asking, and that is answered.
    const { inner, provider } = guarded((call) => (call % 2 === 0 ? silent() : Promise.resolve(found)), 10);
    for (let n = 0; n < 40; n += 1) await provider.lookup('k');
    expect(inner.calls).toBe(40);
  });

  it('holds a crowd back, and lets money be settled while new payments hang', async () => {
    let inFlight = 0;
    let most = 0;
    const { inner, provider } = guarded((_, options) => {
      most = Math.max(most, ++inFlight);
      options?.signal?.addEventListener('abort', () => (inFlight -= 1));
      return silent();
    }, 300);
    const request = { key: 'k' } as AuthoriseRequest;
    const crowd = Promise.all(Array.from({ length: 400 }, () => provider.authorise(request)));
    inner.capture = () => Promise.resolve(found);
    expect(await provider.capture('k')).toEqual(found);
    expect((await crowd).every(({ kind }) => kind === 'unknown')).toBe(true);
    expect(most).toBe(100);
  });
});
