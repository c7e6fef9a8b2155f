import type { Socket } from 'node:net';
import type { SecurityEvents } from '@holdfast/observability';
import { markLive } from './live-socket';
import { UnreadAnswers } from './unread-answers';

const settings = { unreadMs: 10_000, unreadBytesMax: 1_000 };

class FakeSocket {
  destroyed = false;
  writableEnded = false;
  remoteAddress = '203.0.113.1';

  constructor(
    public writableLength: number,
    public bytesWritten = writableLength,
  ) {}

  /** The client reads, and gets as much again. */
  move(bytes: number): void {
    this.bytesWritten += bytes;
  }

  resetAndDestroy(): void {
    this.destroyed = true;
  }
}

function setUp() {
  const reports: string[] = [];
  const events = { report: (kind: string) => reports.push(kind) } as unknown as SecurityEvents;
  return { reports, unread: new UnreadAnswers(settings, events) };
}
const look = (unread: UnreadAnswers, open: FakeSocket[], nowMs: number) =>
  unread.look(open as unknown as Socket[], nowMs);

describe('answers that wait for their clients', () => {
  it('are dropped when nothing was taken for too long, not while something is', () => {
    const { unread, reports } = setUp();
    const [silent, slow, quick] = [new FakeSocket(100), new FakeSocket(100), new FakeSocket(0)] as const;
    for (let ms = 0; ms <= 10_000; ms += 1_000) {
      slow.move(1);
      look(unread, [silent, slow, quick], ms);
    }
    expect([silent.destroyed, slow.destroyed, quick.destroyed]).toEqual([true, false, false]);
    expect(reports).toEqual(['slow-reader']);
  });

  it('are not dropped while one big answer goes out a little at a time', () => {
    const { unread, reports } = setUp();
    const reader = Object.assign(new FakeSocket(900), { _handle: { writeQueueSize: 900 } });
    for (let ms = 0; ms <= 20_000; ms += 5_000) {
      reader._handle.writeQueueSize -= 1;
      look(unread, [reader], ms);
    }
    expect([reader.destroyed, reports]).toEqual([false, []]);
    look(unread, [reader], 30_000);
    expect(reader.destroyed).toBe(true);
  });

  it('are bounded in bytes for all clients together, who waited longest goes first', () => {
    const { unread } = setUp();
    const [first, second, third] = [new FakeSocket(400), new FakeSocket(400), new FakeSocket(400)] as const;
    look(unread, [first, second], 0);
    expect(first.destroyed).toBe(false);
    look(unread, [first, second, third], 1_000);
    expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, false, false]);
  });

  it('of live counts are not counted in bytes, they share them', () => {
    const { unread } = setUp();
    const readers = Array.from({ length: 10 }, () => new FakeSocket(1_000));
    for (const reader of readers) markLive(reader as unknown as Socket);
    look(unread, readers, 0);
    look(unread, readers, 9_999);
    expect(readers.some(({ destroyed }) => destroyed)).toBe(false);
    look(unread, readers, 10_000);
    expect(readers.every(({ destroyed }) => destroyed)).toBe(true);
  });
});
