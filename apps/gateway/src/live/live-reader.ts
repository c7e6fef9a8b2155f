import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { cutOff } from '../entrypoints/http/server/connections/cut-off';
import type { LiveFrame } from './live-frame';

/**
 * One reader on its own socket. Frames are written to the socket directly, already framed: through the response each would cost two more small
 * writes. A reader has only these few fields.
 */
export class LiveReader {
  /** The reader's snapshot includes the frames up to this one; a frame that was in flight then must not undo it. */
  private knownSeq = 0;
  private allowanceBytes: number;
  private stalledSinceMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;
  /** Whose drop it reads, once it has joined. */
  merchantId = '';

  constructor(
    private readonly socket: Socket,
    private readonly response: ServerResponse,
    private readonly chunked: boolean,
    private readonly backlogBytesMax: number,
  ) {
    this.allowanceBytes = backlogBytesMax;
  }

  get gone(): boolean {
    return this.ended || this.socket.destroyed || this.socket.writableEnded;
  }

  /** The first bytes: everything up to `head.seq` is in `data`. */
  begin(head: LiveFrame, data: LiveFrame): void {
    this.knownSeq = head.seq;
    // A long snapshot may wait for a slow connection; its bytes do not count against the frames that follow.
    this.allowanceBytes = this.backlogBytesMax + data.plain.length;
    this.socket.cork();
    this.write(head);
    this.write(data);
    this.socket.uncork();
  }

  /** False: the reader's buffer is full, and it has been disconnected. */
  send(frame: LiveFrame): boolean {
    if (frame.seq <= this.knownSeq || this.gone) return true;
    this.write(frame);
    if (this.socket.writableLength <= this.allowanceBytes) return true;
    this.drop();
    return false;
  }

  /** False: the reader has read nothing for too long, and has been disconnected. Called at each heartbeat. */
  check(nowMs: number, stalledMsMax: number): boolean {
    if (this.socket.writableLength === 0) this.stalledSinceMs = 0;
    else if (this.stalledSinceMs === 0) this.stalledSinceMs = nowMs;
    else if (nowMs - this.stalledSinceMs >= stalledMsMax) {
      this.drop();
      return false;
    }
    return true;
  }

  /** Ends the stream after this time. */
  endAfter(ms: number): void {
    this.timer = setTimeout(() => this.end(), ms);
  }

  /** Ends the stream cleanly, after an optional last frame. */
  end(last?: LiveFrame): void {
    this.forget();
    if (this.gone) return;
    if (last) this.write(last);
    this.ended = true;
    this.response.end();
  }

  /** Releases what would outlive the connection. */
  forget(): void {
    clearTimeout(this.timer);
  }

  private drop(): void {
    this.forget();
    cutOff(this.socket);
  }

  private write(frame: LiveFrame): void {
    this.socket.write(this.chunked ? frame.chunked : frame.plain);
  }
}
