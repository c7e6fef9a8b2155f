/**
 * How long each part of the cluster may take to stop: SIGKILL comes this long after its stop signal. The steps follow one another, and together
 * they end before the safeguard of the launcher (`WATCHDOG_MS` of libs/process). A healthy cluster takes three seconds.
 */
export const STOP_MS = {
  /** The longest request waits 2.5 s for its lane. Gateways would grant their requests more, so under the launcher this is what counts. */
  gateways: 3_000,
  /** Together with the gateways: a rehearsal ends its shoppers and writes that it was stopped, as long as inventory is there. */
  rehearsals: 3_000,
  /** Nobody calls them any more; payments in flight get as long. nginx stops at the same time: its connections are idle or cut. */
  checkouts: 1_500,
  /** Nobody calls them any more. */
  inventories: 1_000,
  /** Redis, Kafka and Connect; cut short, Kafka reads its log again and Connect repeats its last second. The ledger stops at the same time. */
  servers: 2_500,
};

/** After a start that was interrupted everything stops at once. */
export const HALF_STARTED_MS = 4_000;
