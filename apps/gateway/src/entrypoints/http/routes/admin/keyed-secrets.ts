import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Runtime } from '@holdfast/config';
import type { Parsed } from '../../server/body';
import { requestKeyOf } from './request-key';

export interface SecretsOfRequest {
  /** 256 bits for one purpose. */
  make: (purpose: 'id' | 'secret') => Buffer;
  /** Of the body, when the request has an Idempotency-Key. */
  fingerprint: string | null;
}

/**
 * Bytes for the id and the secret of what a request makes. With an Idempotency-Key they are always the same, so that a request that is sent again
 * finds what the first one made and gets the same secret, of which only a hash is kept. Without a key they are random.
 */
@Injectable()
export class KeyedSecrets {
  constructor(private readonly runtime: Runtime) {}

  of(request: FastifyRequest): Parsed<SecretsOfRequest> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return key;
    const known = key.value;
    if (known === null) return { kind: 'parsed', value: { make: () => randomBytes(32), fingerprint: null } };
    const make: SecretsOfRequest['make'] = (purpose) =>
      createHmac('sha256', this.runtime.secrets.sessionKey).update(`${purpose} ${known.key}`).digest();
    return { kind: 'parsed', value: { make, fingerprint: known.fingerprint } };
  }
}
