import type { BackoffRange } from '@holdfast/kernel';

/** Limits of the calls between services; tests use smaller ones. */
export interface TransportSettings {
  /** Maximum number of calls in a frame. */
  joinMax: number;
  /** Maximum number of calls in flight to one peer, and of calls that wait for a reachable peer. */
  inFlightMax: number;
  waitingMax: number;
  /** How long a call waits while no peer is reachable. */
  unreachableMsMax: number;
  /** How often one call may be sent. */
  attemptsMax: number;
  retry: BackoffRange;
  connectTimeoutMs: number;
  reconnect: BackoffRange;
  heartbeatEveryMs: number;
  missedHeartbeatsMax: number;
  breakerTimeouts: number;
  breakerOpenMs: number;
  answerMarginMs: number;
}

export const TRANSPORT_SETTINGS: TransportSettings = {
  // The size of a lane's batch: the rest of a longer frame would only wait there.
  joinMax: 256,
  // Three seconds at the highest rate measured; with some kilobytes a call, this bounds the memory for a
  // hanging peer.
  inFlightMax: 10_000,
  waitingMax: 10_000,
  // Shoppers get an answer within three seconds if no peer is reachable, even for calls that may take longer
  // (orders).
  unreachableMsMax: 3_000,
  // A rolling restart can affect a call at two peers in turn. A call that crashes its peer must not crash all
  // of them.
  attemptsMax: 4,
  retry: { firstMs: 5, maxMs: 100 },
  // Includes the handshake. An overloaded peer completes it in time, and no call waits for a peer that does
  // not.
  connectTimeoutMs: 2_000,
  reconnect: { firstMs: 20, maxMs: 250 },
  // A connection that is silent for 1.5 to 2 s is closed: its calls then have one of their three seconds left
  // for the next peer.
  heartbeatEveryMs: 500,
  missedHeartbeatsMax: 3,
  // If heartbeats arrive but several frames in a row time out, the circuit opens; later one frame is the
  // trial.
  breakerTimeouts: 5,
  breakerOpenMs: 1_000,
  // The service stops waiting this much before its caller, so that its reply still arrives.
  answerMarginMs: 50,
};

/**
 * The service answers within 2.5 s (the deadline of a lane); the rest is for the network and a second try. A
 * shopper always gets an answer within three seconds.
 */
export const CALL_DEADLINE_MS = 3_000;

const MB = 1024 * 1024;
/**
 * Maximum length of a request in characters: 256 commands of 20 lines with the longest SKUs, every character
 * escaped.
 */
export const REQUEST_CHARACTERS_MAX = 16 * MB;
/** Maximum length of an answer: a page of the largest drops. */
export const ANSWER_CHARACTERS_MAX = 128 * MB;
