import type { ConnectionOptions } from 'node:tls';
import type { Clock } from '@holdfast/kernel';
import type { Logger } from '@holdfast/observability';
import type { Address } from '../address';
import type { ServiceKeys } from '../security';
import type { TransportSettings } from '../settings';
import type { PendingCall } from './pending-call';

/** What a peer is made of. */
export interface PeerParts {
  name: string;
  address: Address;
  /** The pattern under which its service takes calls. */
  pattern: string;
  tls: ConnectionOptions | undefined;
  keys: ServiceKeys;
  settings: TransportSettings;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** Calls that wait for a peer may look again. */
  onUsable: () => void;
  /** The call may be tried again, here or at another peer. */
  again: (call: PendingCall) => void;
}
