import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Metrics, SecurityEvents } from '@holdfast/observability';
import { AddressPlaces } from './address-places';
import type { ConnectionSettings } from './connection-settings';
import { UnreadAnswers } from './unread-answers';

export interface ConnectionGuardParts {
  /** Of all addresses together. */
  connectionsMax: number;
  /**
   * Null: no limit for one address (limits are off, or the peer is a trusted proxy, which has its own
   * limits).
   */
  ofAddressMax: number | null;
  settings: ConnectionSettings;
  events: SecurityEvents;
  metrics: Metrics;
}

/**
 * Limits connections before any request: their number in total and for each address, and unread answers.
 */
export function guardConnections(server: Server, parts: ConnectionGuardParts): void {
  const { settings, events, metrics } = parts;
  const open = new Set<Socket>();
  const places = parts.ofAddressMax === null ? null : new AddressPlaces(parts.ofAddressMax);
  const unread = new UnreadAnswers(settings, events);
  metrics.gauge('holdfast_connections', 'Connections of clients that are open', () => open.size);

  server.maxConnections = parts.connectionsMax;
  const full = (address = '') =>
    events.report('descriptors-low', {
      address,
      detail: `all ${server.maxConnections} connections are in use`,
    });
  server.on('drop', (of) => full(of?.remoteAddress));
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    // Those that came by another handle (acceptors.ts) Node does not count.
    if (open.size >= server.maxConnections) {
      full(address);
      socket.destroy();
      return;
    }
    const giveBack = places?.take(address);
    if (giveBack === null) {
      events.report('connection-refused', { address, detail: 'too many connections from one address' });
      socket.destroy();
      return;
    }
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      giveBack?.();
    });
  });
  server.on('listening', () => {
    const look = setInterval(() => unread.look(open, performance.now()), settings.lookEveryMs);
    look.unref();
    server.once('close', () => clearInterval(look));
  });
}
