import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isProblemCode, PROBLEMS } from '@holdfast/contracts';
import { escapeHtml, htmlPage, sendHtml } from '../pages/html';
import { sendProblem } from '../problems/problem';

/** The page that the `type` of a problem document links to. */
@Controller('problems')
export class ProblemsController {
  @Get(':code')
  explain(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { code } = request.params as { code: string };
    if (!isProblemCode(code)) {
      sendProblem(request, reply, { code: 'not-found' });
      return;
    }
    const [status, title, detail] = PROBLEMS[code];
    const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(detail)}</p>
<p class="soft">Status ${status}, code <code>${code}</code></p><p><a href="/docs">API reference</a></p>`;
    sendHtml(reply, 200, htmlPage(title, body));
  }
}
