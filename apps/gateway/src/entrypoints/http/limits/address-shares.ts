import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '@holdfast/config';
import { Operators } from '../access/operator';
import { addressKey, clientAddress } from './address-key';

/** The key of a request's client for fair queueing in other services. */
@Injectable()
export class AddressShares {
  constructor(
    private readonly config: AppConfig,
    private readonly operators: Operators,
  ) {}

  /**
   * Null if addresses are not limited: without limits, and for the operator's load tests, which simulate many
   * clients from one address.
   */
  of(request: FastifyRequest): string | null {
    if (!this.config.limits || this.operators.hasPass(request)) return null;
    return addressKey(clientAddress(request));
  }
}
