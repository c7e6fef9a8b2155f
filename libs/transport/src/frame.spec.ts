import fc from 'fast-check';
import { readFrame, readReplies } from './frame';

const call = ['getDrop', 'd1234567'];

describe('frames that came over the wire', () => {
  it('anything at all is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readFrame(value);
        readFrame({ left: value, calls: value });
        readReplies(value, 3);
      }),
    );
  });

  it.each([
    ['no calls', { left: 10, calls: [] }],
    ['too many calls', { left: 10, calls: Array(1_025).fill(call) }],
    ['a method that is no text', { left: 10, calls: [[1]] }],
    ['a method of any length', { left: 10, calls: [['x'.repeat(41)]] }],
    ['no time', { calls: [call] }],
    ['negative time', { left: -1, calls: [call] }],
    ['time without end', { left: 1e9, calls: [call] }],
  ])('refuses %s', (_, frame) => expect(readFrame(frame)).toBeNull());

  it('reads calls', () => expect(readFrame({ left: 0, calls: [call] })).toEqual({ left: 0, calls: [call] }));

  it.each([
    ['an index beyond the calls', [[2, 'x']]],
    ['an index that is none', [[-1, 'x']]],
    ['a fault without a kind', [[0, null, {}]]],
  ])('refuses replies with %s', (_, replies) => expect(readReplies(replies, 2)).toBeNull());
});
