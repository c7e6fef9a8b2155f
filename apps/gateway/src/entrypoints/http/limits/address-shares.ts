import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { Operators } from '../access/operator';
import { addressKey, clientAddress } from './address-key';

/** Tells the other services whose share a request takes. */
@Injectable()
export class AddressShares {
  constructor(
    private readonly config: AppConfig,
    private readonly operators: Operators,
  ) {}

  /** Null while addresses are not limited: without limits, and for the operator's own load, which comes from one address for many. */
  of(request: FastifyRequest): string | null {
    if (!this.config.limits || this.operators.hasPass(request)) return null;
    return addressKey(clientAddress(request));
  }
}
