/** A server cannot be started or has ended; the message is for the person who runs the cluster and says what to do. */
export class ClusterError extends Error {}
