/** Bounds of the calls between the services. Each has its reason; tests make them smaller. */
export interface TransportSettings {
  /** Calls of one turn of the event loop that share a frame. */
  joinMax: number;
  /** Calls to one peer that have no answer yet, and calls that wait because no peer is there. */
  inFlightMax: number;
  waitingMax: number;
  /** How long a call waits for any peer to be there. */
  awayMsMax: number;
  /** How often one call may be sent. */
  attemptsMax: number;
  pauseMsMin: number;
  pauseMsMax: number;
  connectTimeoutMs: number;
  redialMsMin: number;
  redialMsMax: number;
  pulseEveryMs: number;
  silentPulsesMax: number;
  breakerTimeouts: number;
  breakerRestMs: number;
  answerMarginMs: number;
}

export const TRANSPORT_SETTINGS: TransportSettings = {
  // As many as a lane takes in one batch: a longer frame would only wait there.
  joinMax: 256,
  // Three seconds of the highest rate measured; with some kilobytes a call it bounds what a hanging peer can hold.
  inFlightMax: 10_000,
  waitingMax: 10_000,
  // A shopper is told within three seconds that nobody is there, also where an answer may take longer (an order).
  awayMsMax: 3_000,
  // A rolling restart can meet a call at each of two peers. A command that kills whoever takes it must not kill all of them.
  attemptsMax: 4,
  pauseMsMin: 5,
  pauseMsMax: 100,
  // Also the greeting: a peer that is only overloaded gets through it, and no call waits for one that does not.
  connectTimeoutMs: 2_000,
  // A peer on the way up refuses connections in microseconds: without a pause the dialling would be a busy loop.
  redialMsMin: 20,
  redialMsMax: 250,
  // A peer that says nothing for 1.5 to 2 s is given up: its calls then have one of their three seconds left for the next peer.
  pulseEveryMs: 500,
  silentPulsesMax: 3,
  // Its pulse goes on but its calls run out of time, one frame after the other: it gets a rest, then one frame as a trial.
  breakerTimeouts: 5,
  breakerRestMs: 1_000,
  // The service stops waiting that much earlier than its caller, so that it is heard saying so.
  answerMarginMs: 50,
};

/**
 * The service answers within 2.5 s (the deadline of a lane); the rest is for the way and for a second try. Design, section 3: a shopper is
 * answered within three seconds whatever the ledger does.
 */
export const CALL_DEADLINE_MS = 3_000;

/**
 * Placing an order may wait 8 s for its turn in checkout, 3 s for inventory to show the hold, and 2 s for the payment. Cutting it off
 * earlier would tell shoppers 503 whose payment is about to begin.
 */
export const PLACE_ORDER_DEADLINE_MS = 13_000;

const MB = 1024 * 1024;
/** The longest request in characters: 256 commands of 20 lines with the longest SKUs, every character escaped. */
export const REQUEST_CHARACTERS_MAX = 16 * MB;
/** The longest answer: a page of the largest drops. What is longer is a defect, not data. */
export const ANSWER_CHARACTERS_MAX = 128 * MB;
/** The rest of a frame that does not come within this time never will. */
export const HALF_FRAME_MS_MAX = 10_000;
