import { TestClock } from '@holdfast/testing';
import { ServiceUnavailable } from '@holdfast/contracts';
import { ReadThrough } from './read-through';

function setup(entriesMax = 10) {
  const clock = new TestClock();
  const asked: { key: string; answer: (value: string) => void; fail: (error: Error) => void }[] = [];
  const load = (key: string) =>
    new Promise<string>((answer, fail) => {
      asked.push({ key, answer, fail });
    });
  const cache = new ReadThrough({
    what: 'it',
    load,
    clock,
    maxAgeMs: 500,
    entriesMax,
    deadlineMs: 10_000,
    patienceMs: 50,
  });
  return { clock, asked, cache };
}

const fresh = (value: string) => ({ value, behind: false });

describe('reading through', () => {
  it('asks once for all who want it at the same time', async () => {
    const { asked, cache } = setup();
    const all = [cache.get('a'), cache.get('a'), cache.get('a')];
    asked[0]!.answer('1');
    expect(await Promise.all(all)).toEqual([fresh('1'), fresh('1'), fresh('1')]);
    expect(asked).toHaveLength(1);
  });

  it('asks again when the value is old, counted from when it was asked for', async () => {
    const { clock, asked, cache } = setup();
    const first = cache.get('a');
    clock.ms += 400; // the answer took its time
    asked[0]!.answer('1');
    await first;
    clock.ms += 99;
    expect(await cache.get('a')).toEqual(fresh('1'));
    clock.ms += 1;
    const second = cache.get('a');
    asked[1]!.answer('2');
    expect(await second).toEqual(fresh('2'));
  });

  it('asks again when the value is old though the wall clock was set back', async () => {
    const { clock, asked, cache } = setup();
    const first = cache.get('a');
    asked[0]!.answer('1');
    await first;
    clock.ms += 500;
    clock.setByMs = -3_600_000;
    const second = cache.get('a');
    asked[1]?.answer('2');
    expect(await second).toEqual(fresh('2'));
  });

  it('does not keep what was read before somebody said that it changed', async () => {
    const { asked, cache } = setup();
    const early = cache.get('a');
    cache.outdate('a');
    const late = cache.get('a');
    asked[1]!.answer('new');
    asked[0]!.answer('old');
    await Promise.all([early, late]);
    expect(await cache.get('a')).toEqual(fresh('new'));
    expect(asked).toHaveLength(2);
  });

  it('returns the last value, marked, while the source is unreachable, and does not load at each request', async () => {
    const { clock, asked, cache } = setup();
    const first = cache.get('a');
    asked[0]!.answer('1');
    await first;
    clock.ms += 500;
    const second = cache.get('a');
    asked[1]!.fail(new ServiceUnavailable('away'));
    expect(await second).toEqual({ value: '1', behind: true });
    expect(await cache.get('a')).toEqual({ value: '1', behind: true });
    expect(asked).toHaveLength(2);
    clock.ms += 1_000;
    const third = cache.get('a');
    asked[2]!.answer('2');
    expect(await third).toEqual(fresh('2'));
  });

  it('does not let who could have the last value wait for a slow source, and takes its late answer', async () => {
    const { clock, asked, cache } = setup();
    const first = cache.get('a');
    asked[0]!.answer('1');
    await first;
    clock.ms += 500;
    expect(await cache.get('a')).toEqual({ value: '1', behind: true });
    asked[1]!.answer('2');
    await new Promise(setImmediate);
    expect(await cache.get('a')).toEqual(fresh('2'));
    expect(asked).toHaveLength(2);
  });

  it('hides no other fault', async () => {
    const { clock, asked, cache } = setup();
    const first = cache.get('a');
    asked[0]!.answer('1');
    await first;
    clock.ms += 500;
    const second = cache.get('a');
    asked[1]!.fail(new TypeError('a bug'));
    await expect(second).rejects.toThrow('a bug');
  });

  it('keeps the keys that are asked for, and no more than it may', async () => {
    const { asked, cache } = setup(2);
    const read = async (key: string) => {
      const before = asked.length;
      const reading = cache.get(key);
      if (asked.length > before) asked.at(-1)!.answer(key);
      await reading;
      return asked.length > before;
    };
    await read('a');
    await read('b');
    await read('a');
    await read('c'); // b goes, it was asked for longest ago
    expect(await read('a')).toBe(false);
    expect(await read('b')).toBe(true);
  });

  it('keeps no more bytes than it may, and always the newest value', async () => {
    const clock = new TestClock();
    const loaded: string[] = [];
    const cache = new ReadThrough({
      what: 'it',
      load: (key: string) => (loaded.push(key), Promise.resolve(key)),
      clock,
      maxAgeMs: 500,
      entriesMax: 100,
      deadlineMs: 10_000,
      patienceMs: 50,
      bytesOf: (value) => value.length,
      bytesMax: 10,
    });
    for (const key of ['aaaa', 'bbbb', 'aaaa', 'cccc']) await cache.get(key);
    expect(loaded).toEqual(['aaaa', 'bbbb', 'cccc']);
    await cache.get('aaaa'); // asked for later than bbbb
    await cache.get('bbbb');
    expect(loaded).toEqual(['aaaa', 'bbbb', 'cccc', 'bbbb']);
    const huge = 'h'.repeat(1_000);
    for (const key of [huge, huge, 'd']) await cache.get(key);
    await cache.get(huge);
    expect(loaded.slice(4)).toEqual([huge, 'd', huge]);
    for (let n = 0; n < 50; n += 1) {
      clock.ms += 500; // read again: its old bytes no longer count
      await cache.get('eeee');
    }
    await cache.get('ffff');
    loaded.length = 0;
    await cache.get('eeee');
    expect(loaded).toEqual([]);
  });
});
