import { FAULT_TARGETS, REHEARSAL_LIMITS } from './rehearsal';
import { rehearsalWordsSchema, settingsOf } from './rehearsal-words';

const words = (value: unknown) => rehearsalWordsSchema.parse(value);
const refusedAt = (value: unknown) => {
  const result = rehearsalWordsSchema.safeParse(value);
  return result.success
    ? null
    : result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('/')],
      );
};

describe('the words of a rehearsal', () => {
  it('has a default for every word', () => {
    expect(settingsOf(words({}), { units: 80 }, () => 7)).toEqual({
      profile: 'spike',
      shoppers: 800,
      duration: 30,
      seed: 7,
      faults: [],
      like: null,
      target: null,
      whileSelling: false,
    });
    expect(settingsOf(words({}), { units: 100_000 }).shoppers).toBe(5_000);
    expect(settingsOf(words({}), { units: 0 }).shoppers).toBe(1);
  });

  it('keeps what was said', () => {
    const said = { profile: 'bots', shoppers: 12, duration: 5, seed: 0, whileSelling: true } as const;
    const settings = settingsOf(words({ ...said, faults: ['redis'], like: 'dpast', times: 2.5 }), {
      units: 1,
    });
    expect(settings).toMatchObject({ ...said, faults: ['redis'], like: { dropId: 'dpast', times: 2.5 } });
    expect(settingsOf(words({ like: 'dpast' }), { units: 1 }).like).toEqual({ dropId: 'dpast', times: 1 });
  });

  it('takes faults as a list, and as the command line writes them', () => {
    expect(words({ faults: FAULT_TARGETS.join(',') }).faults).toEqual([...FAULT_TARGETS]);
    expect(words({ faults: [] }).faults).toEqual([]);
  });

  it.each([
    [{ profile: 'flood' }, 'profile'],
    [{ shoppers: 0 }, 'shoppers'],
    [{ shoppers: REHEARSAL_LIMITS.shoppersMax + 1 }, 'shoppers'],
    [{ shoppers: '10' }, 'shoppers'],
    [{ duration: REHEARSAL_LIMITS.secondsMin - 1 }, 'duration'],
    [{ duration: REHEARSAL_LIMITS.secondsMax + 1 }, 'duration'],
    [{ duration: 7.5 }, 'duration'],
    [{ seed: -1 }, 'seed'],
    [{ faults: ['moon'] }, 'faults'],
    [{ faults: ['redis', 'redis'] }, 'faults'],
    [{ faults: 'redis,' }, 'faults'],
    [{ like: '' }, 'like'],
    [{ like: 'dpast', times: 0 }, 'times'],
    [{ like: 'dpast', times: REHEARSAL_LIMITS.timesMax + 1 }, 'times'],
    [{ times: 2 }, 'times'],
    [{ whileSelling: 'yes' }, 'whileSelling'],
    [{ target: 'https://elsewhere.example' }, 'target'],
    [{ anything: 1 }, 'anything'],
  ])('refuses %j', (value, pointer) => {
    expect(refusedAt(value)?.[0]?.split('/')[0]).toBe(pointer);
  });
});
