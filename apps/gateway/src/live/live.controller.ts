import type { Socket } from 'node:net';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDropId } from '@holdfast/kernel';
import { DropDirectory } from '../application/drop-directory';
import { Limited } from '../entrypoints/http/limits/limit-policies';
import { ProblemError } from '../entrypoints/http/problems/problem';
import { connectReader, streamHeaders } from './connect-reader';
import { readLastEventId } from './frame-ids';
import { LiveHub } from './live-hub';
import type { LiveReader } from './live-reader';
import { LIVE_SETTINGS } from './live-settings';
import { readForSeconds } from './live-request';
import { StreamPlaces } from './stream-places';

@Controller('v1/drops')
export class LiveController {
  constructor(
    private readonly hub: LiveHub,
    private readonly directory: DropDirectory,
    private readonly places: StreamPlaces,
  ) {}

  /** Live counts of a drop as Server-Sent Events. */
  @Get(':dropId/live')
  @Limited('reads')
  async live(
    @Param('dropId') dropId: string,
    @Query('for') forSeconds: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!isDropId(dropId)) throw new ProblemError({ code: 'not-found' });
    const end = readForSeconds(forSeconds);
    if (end.kind === 'malformed') throw badFor();
    if (request.method === 'HEAD') return this.head(dropId, reply);
    const lastEventId = readLastEventId(request.headers['last-event-id'] as string | undefined);
    const giveBack = this.places.take(request, reply);
    let joined = false;
    try {
      const connect = () => {
        const reader = connectReader(request, reply, LIVE_SETTINGS.backlogBytesMax);
        if (!reader) return null;
        joined = true;
        this.freeAtClose(request.raw.socket, dropId, reader, giveBack);
        if (end.kind === 'seconds') reader.endAfter(end.seconds * 1000);
        return reader;
      };
      const ofMerchantMax = this.places.ofMerchantMax(request);
      const admission = await this.hub.enter(dropId, lastEventId, connect, ofMerchantMax);
      if (admission === 'not-found') throw new ProblemError({ code: 'not-found' });
      if (admission === 'quota') throw this.places.merchantFull(request, reply);
      if (admission === 'full') throw this.places.full(request);
    } finally {
      if (!joined) giveBack();
    }
  }

  /** A separate function, so that the listener does not retain the request. */
  private freeAtClose(socket: Socket, dropId: string, reader: LiveReader, giveBack: () => void): void {
    socket.once('close', () => {
      giveBack();
      this.hub.leave(dropId, reader);
    });
  }

  private async head(dropId: string, reply: FastifyReply): Promise<void> {
    if (!(await this.directory.get(dropId))) throw new ProblemError({ code: 'not-found' });
    await reply.code(200).headers(streamHeaders(reply)).send();
  }
}

function badFor(): ProblemError {
  return new ProblemError({
    code: 'invalid-request',
    errors: [{ pointer: '/for', message: 'must be a number of seconds greater than 0 and at most 86400' }],
  });
}
