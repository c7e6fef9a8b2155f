import type { FastifyReply, FastifyRequest } from 'fastify';
import { codingFor, type CompressedTexts } from '../server/content-coding';
import { matchesTag } from '../server/entity-tag';
import { JSON_TYPE } from './send';

/** JSON that everybody may be sent, with its entity tag: weak, so it is the same for each coding. */
export interface CacheableText {
  readonly body: string;
  readonly etag: string;
}

/** Sends it compressed when the client asks for that, or 304 when the client has it already. */
export async function sendCacheable(
  request: FastifyRequest,
  reply: FastifyReply,
  text: CacheableText,
  { cacheControl, compressed }: { cacheControl: string; compressed: CompressedTexts },
): Promise<void> {
  const vary = reply.hasHeader('vary') ? 'Accept-Encoding, Origin' : 'Accept-Encoding';
  reply.header('etag', text.etag).header('cache-control', cacheControl).header('vary', vary);
  if (matchesTag(request.headers['if-none-match'], text.etag)) {
    void reply.code(304).send();
    return;
  }
  const coding = codingFor(request.headers['accept-encoding'] as string | undefined);
  const bytes = coding && (await compressed.get(text, coding));
  reply.code(200).header('content-type', JSON_TYPE);
  if (bytes) void reply.header('content-encoding', coding).send(bytes);
  else void reply.send(text.body);
}
