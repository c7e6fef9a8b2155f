import { ReadPositions } from './read-positions';

function setup(nodes = [1]) {
  const settled: string[] = [];
  let now = 0;
  const positions = new ReadPositions<string>(
    (beat) => settled.push(beat),
    () => now,
  );
  /** Each node is asked for more once. */
  const round = (of = nodes) => {
    for (const node of of) positions.fetchBegins(node);
  };
  round();
  return { settled, positions, round, pass: (ms: number) => (now += ms) };
}

describe('how far a consumer has read', () => {
  it('settles a beat only when one more fetch has been applied: changes of before it may lie in another partition', () => {
    const { settled, positions, round } = setup();
    positions.beatCame('beat');
    expect(settled).toEqual([]);
    round();
    positions.applied('stock', 0, 5n, 5n);
    expect(settled).toEqual([]);
    round();
    expect(settled).toEqual(['beat']);
  });

  it('settles it only when a partition with more to read has reached where it ended then, however much comes meanwhile', () => {
    const { settled, positions, round } = setup();
    positions.applied('stock', 3, 100n, 900n);
    positions.beatCame('beat');
    round();
    positions.applied('stock', 3, 200n, 1_000n);
    round();
    positions.applied('stock', 3, 999n, 5_000n);
    round();
    expect(settled).toEqual([]);
    positions.applied('stock', 3, 1_000n, 9_000n);
    expect(settled).toEqual(['beat']);
  });

  it('asks every node', () => {
    const { settled, positions, round } = setup([1, 2]);
    positions.beatCame('beat');
    round([1]);
    round([1]);
    round([1]);
    expect(settled).toEqual([]);
    round([2]);
    round([2]);
    expect(settled).toEqual(['beat']);
  });

  it('waits no longer for a node that has left the cluster', () => {
    const { settled, positions, round, pass } = setup([1, 2]);
    positions.beatCame('beat');
    pass(11_000);
    round([1]);
    round([1]);
    expect(settled).toEqual(['beat']);
  });

  it('waits no longer for what a partition has lost: it was cut off, or made anew', () => {
    const { settled, positions, round } = setup();
    positions.applied('stock', 3, 900n, 1_000n);
    positions.beatCame('before');
    round();
    round();
    expect(settled).toEqual([]);
    positions.applied('stock', 3, 5n, 8n);
    expect(settled).toEqual([]);
    positions.beatCame('after');
    positions.applied('stock', 3, 8n, 8n);
    round();
    round();
    expect(settled).toEqual(['before', 'after']);
  });

  it('begins anew when the group has shared out its partitions, though nothing more comes in one of them', () => {
    const { settled, positions, round } = setup();
    positions.applied('stock', 3, 900n, 1_000n);
    positions.beatCame('before');
    round();
    round();
    positions.joined();
    expect([positions.positions(), positions.next('stock', 3)]).toEqual([[], null]);
    positions.beatCame('after');
    round();
    round();
    expect(settled).toEqual(['after']);
  });

  it('keeps a bounded number of beats waiting, and settles by those', () => {
    const { settled, positions, round } = setup();
    positions.applied('stock', 3, 1n, 2n);
    for (let i = 0; i < 3_000; i += 1) positions.beatCame(String(i));
    round();
    round();
    positions.applied('stock', 3, 2n, 2n);
    expect(settled).toHaveLength(1_000);
  });

  it('settles beats in their order, and knows what to commit', () => {
    const { settled, positions, round } = setup();
    positions.beatCame('first');
    positions.beatCame('second');
    positions.applied('a.topic', 2, 7n, 7n);
    round();
    round();
    expect(settled).toEqual(['first', 'second']);
    expect(positions.positions()).toEqual([{ topic: 'a.topic', partition: 2, offset: '7' }]);
    expect([positions.next('a.topic', 2), positions.next('a.topic', 1)]).toEqual([7n, null]);
  });
});
