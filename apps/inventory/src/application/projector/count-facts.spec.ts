import type { ChangeRecord } from '@holdfast/contracts';
import { CountFacts } from './count-facts';
import { type Fact, FactCounts } from '../ports/fact-counts.port';

class Counts extends FactCounts {
  readonly asked: [string, string[]][] = [];
  old = 2_500;
  override async count(dropId: string, facts: readonly Fact[]) {
    this.asked.push([dropId, facts.map(({ type }) => type)]);
    return new Map([[facts[0]!.type, 1]]);
  }
  override async dropsWithOldEntries() {
    return ['done'];
  }
  override async forget(_: string, __: number, limit: number) {
    const deleted = Math.min(limit, this.old);
    this.old -= deleted;
    return deleted;
  }
}

const ID = '0190f5a0-0000-7000-8000-000000000002';
const fact = (type: string, payload: unknown = { dropId: 'done' }, id = ID): ChangeRecord => ({
  topic: 'holdfast.events.hold',
  key: 'h1',
  value: null,
  fact: { id, type, payload },
});

function setup() {
  const counts = new Counts();
  const counted: string[] = [];
  const poison: string[] = [];
  const use = new CountFacts(
    counts,
    (type) => counted.push(type),
    (_, reason) => poison.push(reason),
  );
  return { counts, counted, poison, use };
}

describe('counting facts', () => {
  it('counts drop by drop, and tells what was new', async () => {
    const { counts, counted, use } = setup();
    await use.apply([fact('a'), fact('b', { dropId: 'dtwo' }), fact('c')]);
    expect(counts.asked).toEqual([
      ['done', ['a', 'c']],
      ['dtwo', ['b']],
    ]);
    expect(counted).toEqual(['a', 'b']);
  });

  it('goes on past facts that cannot be read, and tells of each', async () => {
    const { counts, poison, use } = setup();
    await use.apply([
      fact('a', null),
      fact('b', { dropId: 'no such\u0000' }),
      fact('c', { dropId: 'done' }, 'no uuid'),
      fact('hold\u0000.confirmed'),
      fact('hold.'.repeat(50)),
      { ...fact('d'), fact: null, unreadable: 'no JSON' },
      fact('good'),
    ]);
    expect(counts.asked).toEqual([['done', ['good']]]);
    expect(poison).toEqual([
      'its payload names no drop',
      'its payload names no drop',
      'its id is no UUID',
      'its type is no name',
      'its type is no name',
      'no JSON',
    ]);
  });

  it('forgets all old entries in bounded deletes', async () => {
    const { counts, use } = setup();
    expect(await use.forgetOldEntries()).toBe(2_500);
    expect(counts.old).toBe(0);
  });
});
