import { eventFrame, snapshotData, snapshotHead } from './live-frame';

describe('frames', () => {
  it('carry the event as text/event-stream', () => {
    expect(eventFrame(7, 'stock', { a: 'ü\n' }).plain.toString()).toBe(
      'id: 7\nevent: stock\ndata: {"a":"ü\\n"}\n\n',
    );
  });

  it('are framed by their size in bytes', () => {
    const frame = eventFrame(7, 'stock', 'ü');
    expect(frame.chunked.toString()).toBe(
      `${frame.plain.length.toString(16)}\r\n${frame.plain.toString()}\r\n`,
    );
  });

  it('begin with retry and the snapshot', () => {
    const text = snapshotHead(9, 2000).plain.toString() + snapshotData(9, {}).plain.toString();
    expect(text).toBe('retry: 2000\nevent: snapshot\nid: 9\ndata: {}\n\n');
  });
});
