import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fingerprintOf } from '@holdfast/kernel';
import { buildOpenApi } from '../openapi/document';
import { pageHeaders } from '../pages/html';
import { CompressedTexts } from '../server/content-coding';
import { type CacheableText, sendCacheable } from './send-cacheable';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The interface of Holdfast</title><link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png"></head>
<body><div id="swagger-ui"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
`;

// No validator: it would tell a server elsewhere that somebody reads this.
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, tryItOutEnabled: true });\n`;

// Swagger UI writes style attributes; it runs no script from text.
const HEADERS = pageHeaders(
  { 'default-src': "'self'", 'style-src': "'self' 'unsafe-inline'", 'img-src': "'self' data:" },
  'no-cache',
);

/** The interface's description, and a page to read it and try it out. Everything comes from here: it works without the internet. */
@Controller()
export class DocsController {
  private readonly document = describeInterface();

  constructor(private readonly compressed: CompressedTexts) {}

  @Get('openapi.json')
  openapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return sendCacheable(request, reply, this.document, {
      cacheControl: 'public, max-age=60',
      compressed: this.compressed,
    });
  }

  @Get('docs')
  page(@Res() reply: FastifyReply): void {
    void reply.headers(HEADERS).send(PAGE);
  }

  @Get('docs/start.js')
  start(@Res() reply: FastifyReply): void {
    void reply
      .header('content-type', 'text/javascript; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(START);
  }
}

function describeInterface(): CacheableText {
  const body = JSON.stringify(buildOpenApi());
  return { body, etag: `W/"${fingerprintOf(body).slice(0, 24)}"` };
}
