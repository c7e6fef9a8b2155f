import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { isLoopback } from '@holdfast/config';

/** `auto`: on whenever the address is not one of this machine alone. */
export type TlsSetting = 'on' | 'off' | 'auto';

export function usesTls(setting: TlsSetting, host: string): boolean {
  return setting === 'on' || (setting === 'auto' && !isLoopback(host));
}

/**
 * The keys of one service key: one for the greeting, one for TLS, so that neither tells anything about the other.
 * HKDF (RFC 5869) also makes a key of full length from whatever text the operator chose.
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

  /** Proves that one side of a greeting has the key, for these two numbers alone. */
  proof(side: 'client' | 'server', clientNonce: string, serverNonce: string): string {
    const text = JSON.stringify([side, clientNonce, serverNonce]);
    return createHmac('sha256', this.greeting).update(text).digest('base64url');
  }

  /** In a time that tells nothing about the right proof. */
  proves(given: unknown, side: 'client' | 'server', clientNonce: string, serverNonce: string): boolean {
    const expected = Buffer.from(this.proof(side, clientNonce, serverNonce));
    const actual = Buffer.from(typeof given === 'string' ? given : '');
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }
}

export const newNonce = (): string => randomBytes(18).toString('base64url');

const PSK_IDENTITY = 'holdfast';
/**
 * TLS with a key that both sides have instead of certificates (RFC 4279): nothing to issue, to renew, or to trust by mistake. The cipher has
 * forward secrecy and is an AEAD (RFC 7905); in TLS 1.3 Node cannot be made to insist on the key, so the version is held at 1.2.
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
    // There is no certificate to compare a name with: who has the key is a service of ours.
    checkServerIdentity: () => undefined,
  };
}
