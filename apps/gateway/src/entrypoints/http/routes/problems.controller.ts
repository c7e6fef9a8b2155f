import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Policy } from '../access/policy';
import { escapeHtml, htmlPage, sendHtml } from '../pages/html';
import { isProblemCode, PROBLEMS } from '../problems/catalogue';
import { sendProblem } from '../problems/problem';

/** What the `type` of a refusal leads to: a page that says what it means. */
@Controller('problems')
@Policy('public')
export class ProblemsController {
  @Get(':code')
  explain(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { code } = request.params as { code: string };
    if (!isProblemCode(code)) {
      sendProblem(request, reply, { code: 'not-found' });
      return;
    }
    const [status, title, meaning] = PROBLEMS[code];
    const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(meaning)}</p>
<p class="soft">Status ${status}, code <code>${code}</code></p><p><a href="/docs">All of the interface</a></p>`;
    sendHtml(reply, 200, htmlPage(title, body));
  }
}
