/** One event, encoded once for all readers of a drop. */
export interface LiveFrame {
  /** The frame's position in the sequence of its drop; also its `id:`. */
  seq: number;
  /** Framed for `Transfer-Encoding: chunked`. */
  chunked: Buffer;
  /** The same bytes without the framing, for HTTP/1.0; shares the memory. */
  plain: Buffer;
}

const LINE_END = '\r\n';

/** Frames text as one HTTP/1.1 chunk (RFC 9112, section 7.1). Writing it to the socket saves two small writes for each reader. */
function toFrame(seq: number, text: string): LiveFrame {
  const size = Buffer.byteLength(text);
  const head = size.toString(16) + LINE_END;
  const chunked = Buffer.from(head + text + LINE_END);
  return { seq, chunked, plain: chunked.subarray(head.length, head.length + size) };
}

/** An event with its id. JSON has no raw line break, so one `data:` line holds it. */
export function eventFrame(seq: number, event: string, data: unknown): LiveFrame {
  return toFrame(seq, `id: ${seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The first lines of a snapshot, one for each reader; its data follows as a shared frame. */
export function snapshotHead(seq: number, retryMs: number): LiveFrame {
  return toFrame(seq, `retry: ${retryMs}\nevent: snapshot\nid: ${seq}\n`);
}

export function snapshotData(seq: number, data: unknown): LiveFrame {
  return toFrame(seq, `data: ${JSON.stringify(data)}\n\n`);
}

/** The reconnection time; belongs to no drop. */
export function retryFrame(retryMs: number): LiveFrame {
  return toFrame(0, `retry: ${retryMs}\n\n`);
}
