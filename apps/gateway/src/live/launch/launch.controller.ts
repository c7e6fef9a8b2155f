import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OpenAccess } from '../../entrypoints/http/access/open-access';
import { merchantCallerOf } from '../../entrypoints/http/access/request';
import { ProblemError } from '../../entrypoints/http/problems/problem';
import { dropIdOf } from '../../entrypoints/http/routes/admin/drops.controller';
import { looksLikeId } from '../../entrypoints/http/schemas/inputs';
import { connectReader, streamHeaders } from '../connect-reader';
import type { LiveReader } from '../live-reader';
import { COME_BACK_SECONDS } from '../stream-places';
import { LaunchHub } from './launch-hub';
import { LaunchPlaces } from './launch-places';
import { LAUNCH_SETTINGS } from './launch-settings';

/** A launch as it happens, for the merchant's page. */
@Controller('v1/admin/drops/:dropId')
export class LaunchController {
  constructor(
    private readonly hub: LaunchHub,
    private readonly places: LaunchPlaces,
    private readonly access: OpenAccess,
  ) {}

  @Get('live')
  async live(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const caller = merchantCallerOf(request);
    const ref = { merchantId: caller.merchantId, dropId: dropIdOf(request) };
    if (!looksLikeId(ref.dropId)) throw new ProblemError({ code: 'not-found' });
    const giveBack = this.places.take(caller, request, reply);
    let watcher: LiveReader | null = null;
    try {
      const admission = await this.hub.enter(ref, () => {
        watcher =
          request.method === 'HEAD' ? null : connectReader(request, reply, LAUNCH_SETTINGS.backlogBytesMax);
        return watcher;
      });
      if (admission === 'not-found') throw new ProblemError({ code: 'not-found' });
      if (admission === 'full')
        throw new ProblemError({
          code: 'temporary-reduced-capacity',
          retryAfterSeconds: COME_BACK_SECONDS,
        });
      if (admission === 'gone') return await this.head(request, reply);
      const joined = watcher as unknown as LiveReader;
      const untrack = this.access.track(caller, admission.end);
      request.raw.socket.once('close', () => {
        untrack();
        giveBack();
        this.hub.leave(ref, joined);
      });
    } finally {
      if (!watcher) giveBack();
    }
  }

  private async head(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.method === 'HEAD') await reply.code(200).headers(streamHeaders(reply)).send();
  }
}
