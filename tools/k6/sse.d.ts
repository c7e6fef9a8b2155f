/** The extension of tools/k6/sse, for scripts that are type-checked. */
declare module 'k6/x/sse' {
  export interface SseEvent {
    id: string;
    type: string;
    data: string;
    /** When its last line arrived, by the clock of `Date.now()`. */
    atMs: number;
  }
  export interface SseParams {
    headers?: Record<string, string>;
    tags?: Record<string, string>;
    /** Default 10,000. */
    forMs?: number;
    /** 0 or absent: as many as come. */
    maxEvents?: number;
    lastEventId?: string;
  }
  export interface SseResult {
    /** 0 when there was no answer at all. */
    status: number;
    events: number;
    firstEventMs: number;
    /** What the server asked for in `retry:`, 0 when it did not. */
    retryMs: number;
    lastEventId: string;
    /** '' when it was no stream. */
    ended: 'time' | 'events' | 'callback' | 'server' | '';
    error: string;
  }
  /** Reads until the time is over, enough events came, the callback returned false, or the server ended the stream. */
  export function read(url: string, params?: SseParams, onEvent?: (event: SseEvent) => unknown): SseResult;
  const sse: { read: typeof read };
  export default sse;
}
