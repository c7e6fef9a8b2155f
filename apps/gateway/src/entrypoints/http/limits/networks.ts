import { hash, hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig, Runtime } from '@holdfast/config';
import type { Network } from '@holdfast/contracts';
import { Operators } from '../access/operator';
import { addressKey, blockOf, clientAddress } from './address-key';

const ID_BYTES = 6; // 48 bits are exact in a JSON number; of 100,000 networks in a drop, two share an id once in 50,000 drops

/**
 * Names the network that a request comes from, for the budget of unpaid units. A keyed hash: whoever reads the ledger or the wire learns no
 * address, and no client can look for another network with the same name. All gateways of a product share the key.
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

  /** Null when no budget counts: limits are off, or an operator asks. */
  of(request: FastifyRequest): Network | null {
    if (!this.config.limits || this.operators.hasPass(request)) return null;
    const network = addressKey(clientAddress(request));
    const block = blockOf(network);
    return { id: this.idOf(network), blockId: block === null ? null : this.idOf(`${block}/48`) };
  }

  // The key comes first and has a fixed length, and only a quarter of the digest is shown: nobody can extend or forge it.
  private idOf(name: string): number {
    return hash('sha256', Buffer.concat([this.key, Buffer.from(name)]), 'buffer').readUIntBE(0, ID_BYTES);
  }
}
