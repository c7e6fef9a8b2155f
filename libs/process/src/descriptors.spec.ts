import { connectionsFor, descriptorLimit } from './descriptors';

describe('descriptors of a process', () => {
  it('are known here', () => {
    expect(descriptorLimit()).toBeGreaterThan(100);
  });

  it.each([
    [256, 128],
    [1_024, 768],
    [20_000, 18_000],
    [1_048_576, 50_000],
    [Number.POSITIVE_INFINITY, 50_000],
  ])('of %d leave %d for clients', (descriptors, connections) => {
    expect(connectionsFor(descriptors)).toBe(connections);
  });
});
