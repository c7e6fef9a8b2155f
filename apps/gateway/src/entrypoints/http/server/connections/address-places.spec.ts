import { AddressPlaces } from './address-places';

describe('places of an address', () => {
  it('are as many as it may hold, and come back', () => {
    const places = new AddressPlaces(2);
    const give = places.take('203.0.113.1')!;
    places.take('203.0.113.1');
    expect(places.take('203.0.113.1')).toBeNull();
    expect(places.take('::ffff:203.0.113.1')).toBeNull();
    expect(places.take('203.0.113.2')).not.toBeNull();
    give();
    expect(places.take('203.0.113.1')).not.toBeNull();
  });

  it('are shared by a /64, and eight times as many by a /48', () => {
    const places = new AddressPlaces(2);
    expect(places.take('2001:db8:1:0::1')).not.toBeNull();
    expect(places.take('2001:db8:1::2')).not.toBeNull();
    expect(places.take('2001:db8:1::3')).toBeNull();
    const taken = Array.from({ length: 40 }, (_, i) =>
      places.take(`2001:db8:1:${(i + 1).toString(16)}::1`),
    ).filter((give) => give !== null);
    expect(taken).toHaveLength(14);
    expect(places.take('2001:db8:2::1')).not.toBeNull();
    taken[0]!();
    expect(places.take('2001:db8:1:ff::1')).not.toBeNull();
  });

  it('leave nothing behind, whatever came by', () => {
    const places = new AddressPlaces(50);
    let most = 0;
    const held: (() => void)[] = [];
    for (let i = 0; i < 200_000; i += 1) {
      held.push(places.take(`2001:db8:${(i % 60_000).toString(16)}:${(i >> 4).toString(16)}::1`)!);
      if (held.length > 1_000) held.shift()!();
      most = Math.max(most, places.size);
    }
    expect(most).toBeLessThanOrEqual(2 * 1_001);
    for (const give of held) give();
    expect(places.size).toBe(0);
  });
});
