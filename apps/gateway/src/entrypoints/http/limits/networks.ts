import { hash, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, Runtime } from '@holdfast/config';
import type { Network } from '@holdfast/contracts';
import { Operators } from '../access/operator';
import { addressKey, blockOf, clientAddress } from './address-key';

// 48 bits are exact in a JSON number; of 100,000 networks in a drop, two share an id once in 50,000 drops.
const ID_BYTES = 6;

/**
 * The network of a request as an opaque number, for the budget of unpaid units. A keyed hash, so that the
 * ledger contains no addresses and clients cannot search for collisions. All gateways of a product share the
 * key.
 */
@Injectable()
export class Networks {
  private readonly key: Buffer;

  constructor(
    private readonly operators: Operators,
    private readonly config: AppConfig,
    runtime: Runtime,
  ) {
    this.key = Buffer.from(
      hkdfSync('sha256', runtime.secrets.operatorKey, '', 'holdfast names of networks', 32),
    );
  }

  /** Null if no budget applies: limits are off, or the request has an operator pass. */
  of(request: FastifyRequest): Network | null {
    if (!this.config.limits || this.operators.hasPass(request)) return null;
    const network = addressKey(clientAddress(request));
    const block = blockOf(network);
    return { id: this.idOf(network), blockId: block === null ? null : this.idOf(`${block}/48`) };
  }

  // The key is a prefix of fixed length and the digest is truncated, so length extension is not possible.
  private idOf(name: string): number {
    return hash('sha256', Buffer.concat([this.key, Buffer.from(name)]), 'buffer').readUIntBE(0, ID_BYTES);
  }
}
