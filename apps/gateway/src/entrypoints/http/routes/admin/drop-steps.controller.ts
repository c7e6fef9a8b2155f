import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  type DropAction,
  type DropCommand,
  type MerchantDropOutcome,
  MerchantDrops,
} from '@holdfast/contracts';
import { sendProblem } from '../../problems/problem';
import { nothingInput } from '../../schemas/accounts-inputs';
import { scheduleInput } from '../../schemas/drop-inputs';
import { parseJson } from '../../server/body';
import { sendAnswer } from '../send';
import { answerDrop } from './drop-answers';
import { dropIdOf } from './drops.controller';
import { commandOf, requestKeyOf } from './request-key';

/** The steps in the life of a drop, and its copies. */
@Controller('v1/admin/drops/:dropId')
export class DropStepsController {
  constructor(private readonly drops: MerchantDrops) {}

  @Post('schedule')
  schedule(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.run(request, reply, scheduleInput, undefined, (command, times) =>
      this.drops.scheduleMerchantDrop({ ...command, ...times }),
    );
  }

  @Post('open')
  open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.step(request, reply, 'open');
  }

  @Post('pause')
  pause(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.step(request, reply, 'pause');
  }

  @Post('resume')
  resume(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.step(request, reply, 'resume');
  }

  @Post('close')
  close(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.step(request, reply, 'close');
  }

  @Post('duplicate')
  duplicate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const copy = (command: DropCommand) => this.drops.duplicateMerchantDrop(command);
    return this.run(request, reply, nothingInput, {}, copy, 201);
  }

  private step(request: FastifyRequest, reply: FastifyReply, action: DropAction): Promise<void> {
    return this.run(request, reply, nothingInput, {}, (command) =>
      this.drops.stepMerchantDrop({ ...command, action }),
    );
  }

  /** Reads the command in the contract's order: key, then body. `whenEmpty` undefined: the body is needed. */
  private async run<S extends z.ZodType>(
    request: FastifyRequest,
    reply: FastifyReply,
    schema: S,
    whenEmpty: unknown,
    work: (command: DropCommand, body: z.infer<S>) => Promise<MerchantDropOutcome>,
    status: 200 | 201 = 200,
  ): Promise<void> {
    const key = requestKeyOf(request);
    if (key.kind === 'refused') return void sendProblem(request, reply, key.problem);
    const body = parseJson(request, schema, whenEmpty);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const command = { ...commandOf(request, key.value), dropId: dropIdOf(request) };
    sendAnswer(request, reply, answerDrop(request, await work(command, body.value), status));
  }
}
