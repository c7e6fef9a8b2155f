export * from './address';
export { connectPeers, Peers, type ConnectPeersOptions, type PeerStatus } from './client/peers';
export { remoteAccounts, remoteCheckout, remoteInventory } from './client/remote-service';
export { ACCOUNTS_CALLS, type CallFrame, CHECKOUT_CALLS, INVENTORY_CALLS } from './frame';
export { rendezvous } from './rendezvous';
export type { TlsSetting } from './security';
export { type CallController, type CallServer, callServer } from './server/call-server';
export { transportServer, type TransportServerOptions } from './server/transport-server';
export { TRANSPORT_SETTINGS, type TransportSettings } from './settings';
