declare module 'cluster-key-slot' {
  /** The slot of a key in a Redis Cluster, by its hash tag when it has one. The client uses it, too. */
  export default function slotOf(key: string): number;
}
