import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenAccess } from '../../access/open-access';
import { merchantCallerOf } from '../../access/request';

/**
 * Sends answers that are read piece by piece. The caller's access is watched meanwhile: when it is revoked the connection is cut, so that the part that
 * was sent passes for no whole.
 */
@Injectable()
export class Download {
  constructor(private readonly access: OpenAccess) {}

  /** `reply` has its status and headers. */
  send(request: FastifyRequest, reply: FastifyReply, pieces: AsyncIterable<string | Buffer>): void {
    const stream = Readable.from(pieces, { objectMode: false });
    const cut = () => void stream.destroy(new Error('the access of the caller has ended'));
    const untrack = this.access.track(merchantCallerOf(request), cut, true);
    stream.once('close', untrack);
    // A client that does not read keeps nothing open either.
    reply.raw.once('close', () => stream.destroy());
    void reply.send(stream);
  }
}
