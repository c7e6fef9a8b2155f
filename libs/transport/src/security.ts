import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { isLoopback } from '@holdfast/config';

/** `auto`: on unless the address is a loopback address. */
export type TlsSetting = 'on' | 'off' | 'auto';

export function usesTls(setting: TlsSetting, host: string): boolean {
  return setting === 'on' || (setting === 'auto' && !isLoopback(host));
}

/**
 * Keys derived from the service key: one for the handshake, one for TLS, so that neither reveals the other.
 * HKDF (RFC 5869) also derives a key of full length from any text that the operator chooses.
 */
export class ServiceKeys {
  private readonly greeting: Buffer;
  readonly tls: Buffer;

  constructor(serviceKey: string) {
    if (serviceKey.length < 16) throw new Error('the service key must have at least 16 characters');
    const derive = (use: string) => Buffer.from(hkdfSync('sha256', serviceKey, 'holdfast', use, 32));
    this.greeting = derive('greeting between services');
    this.tls = derive('tls between services');
  }

  /** Proves that one side of a handshake has the key; valid only for these two nonces. */
  proof(side: 'client' | 'server', clientNonce: string, serverNonce: string): string {
    const text = JSON.stringify([side, clientNonce, serverNonce]);
    return createHmac('sha256', this.greeting).update(text).digest('base64url');
  }

  /** Compares in constant time. */
  proves(given: unknown, side: 'client' | 'server', clientNonce: string, serverNonce: string): boolean {
    const expected = Buffer.from(this.proof(side, clientNonce, serverNonce));
    const actual = Buffer.from(typeof given === 'string' ? given : '');
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }
}

export const newNonce = (): string => randomBytes(18).toString('base64url');

const PSK_IDENTITY = 'holdfast';
/**
 * TLS with a pre-shared key instead of certificates (RFC 4279): nothing to issue or renew. The cipher is an
 * AEAD with forward secrecy (RFC 7905). Limited to TLS 1.2, because Node cannot enforce the key with 1.3.
 */
const PSK_CIPHER = {
  ciphers: 'ECDHE-PSK-CHACHA20-POLY1305',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;

const HANDSHAKE_MS_MAX = 3_000;

export function serverTls(keys: ServiceKeys): TlsOptions {
  return {
    ...PSK_CIPHER,
    handshakeTimeout: HANDSHAKE_MS_MAX,
    pskIdentityHint: PSK_IDENTITY,
    pskCallback: (_socket, identity) => (identity === PSK_IDENTITY ? keys.tls : null),
  };
}

export function clientTls(keys: ServiceKeys): ConnectionOptions {
  return {
    ...PSK_CIPHER,
    pskCallback: () => ({ psk: keys.tls, identity: PSK_IDENTITY }),
    // There is no certificate whose name could be checked: the key authenticates the peer.
    checkServerIdentity: () => undefined,
  };
}
