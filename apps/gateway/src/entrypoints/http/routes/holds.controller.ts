import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PlaceHold, type PlaceOutcome, ShopperHolds } from '@holdfast/contracts';
import { dropIdOf, fingerprintOf, isDropId } from '@holdfast/kernel';
import { SecurityEvents } from '@holdfast/observability';
import { Admissions } from '../../../application/admissions';
import { DropMerchants } from '../../../application/drop-merchants';
import { Ghosts } from '../access/ghosts';
import { customerOf } from '../access/request';
import { Limited } from '../limits/limit-policies';
import { clientAddress } from '../limits/address-key';
import { Networks } from '../limits/networks';
import { type Problem, sendProblem } from '../problems/problem';
import { holdInput, holdsQuery } from '../schemas/inputs';
import { check, type Parsed, parseJson, rawBody, refused } from '../server/body';
import { EdgeCounts } from '../server/edge-counts';
import { idempotencyKeyOf } from './idempotency-key';
import { answerPlace, answerRelease, isOverNetworkBudget, renderHold } from './outcomes';
import { sendAnswer, sendJson } from './send';

const NOT_FOUND: Problem = { code: 'not-found' };

/** Placing, reading and releasing holds. The first is the hot route: no pipes, no interceptors, one parse. */
@Controller('v1')
export class HoldsController {
  constructor(
    private readonly holds: ShopperHolds,
    private readonly counts: EdgeCounts,
    private readonly networks: Networks,
    private readonly merchants: DropMerchants,
    private readonly events: SecurityEvents,
    private readonly ghosts: Ghosts,
    private readonly admissions: Admissions,
  ) {}

  @Post('drops/:dropId/holds')
  @Limited('purchases')
  async place(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const command = readPlace(request);
    if (command.kind === 'refused') {
      sendProblem(request, reply, command.problem);
      return;
    }
    const outcome = isDropId(command.value.dropId)
      ? await this.placeIfAdmitted({ ...command.value, network: this.networks.of(request) })
      : ({ kind: 'drop-not-found' } as const);
    if (outcome.kind !== 'drop-not-found') this.merchants.learn(command.value.dropId);
    this.counts.placed(outcome);
    if (isOverNetworkBudget(outcome))
      this.events.report('network-limit', { address: clientAddress(request) });
    sendAnswer(request, reply, answerPlace(outcome));
  }

  private placeIfAdmitted(command: PlaceHold): Promise<PlaceOutcome> {
    const refusal = this.admissions.refusal(command);
    // Usually the drop has no cap, and there is nothing to wait for.
    if (refusal === null) return this.holds.placeHold(command);
    return Promise.resolve(refusal).then((retryAfterSeconds) =>
      retryAfterSeconds === null ? this.holds.placeHold(command) : { kind: 'busy', retryAfterSeconds },
    );
  }

  @Get('holds')
  @Limited('reads')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(holdsQuery, request.query);
    if (query.kind === 'refused') {
      sendProblem(request, reply, query.problem);
      return;
    }
    const { dropId, cursor, limit } = query.value;
    const customerId = customerOf(request);
    const { items, nextCursor } = await this.holds.listHolds({ customerId, dropId, cursor, limit });
    const shown = items.filter((hold) => !this.ghosts.hides(request, hold.dropId));
    const texts = shown.map(renderHold).join(',');
    sendJson(reply, `{"items":[${texts}],"nextCursor":${JSON.stringify(nextCursor)}}`);
  }

  @Get('holds/:holdId')
  @Limited('reads')
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ref = refOf(request);
    const hold = ref && (await this.holds.getHold(ref));
    if (hold) sendJson(reply, renderHold(hold));
    else sendProblem(request, reply, NOT_FOUND);
  }

  @Delete('holds/:holdId')
  @Limited('reads')
  async release(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const ref = refOf(request);
    const outcome = ref ? await this.holds.releaseHold(ref) : ({ kind: 'not-found' } as const);
    sendAnswer(request, reply, answerRelease(outcome));
  }
}

function refOf(request: FastifyRequest) {
  const { holdId } = request.params as { holdId: string };
  // An id that names no drop has no home to ask for it.
  return dropIdOf(holdId) === undefined ? undefined : { holdId, customerId: customerOf(request) };
}

/** Reads the command in the contract's order: key, then body. */
function readPlace(request: FastifyRequest): Parsed<PlaceHold> {
  const key = idempotencyKeyOf(request);
  if (key.kind === 'refused') return key;
  const body = parseJson(request, holdInput);
  if (body.kind === 'refused') return body;
  const { lines } = body.value;
  const twice = repeatedSku(lines);
  if (twice !== undefined) {
    return refused([{ pointer: `/lines/${twice}/sku`, message: 'appears in an earlier line' }]);
  }
  const { dropId } = request.params as { dropId: string };
  const fingerprint = fingerprintOf(rawBody(request));
  return {
    kind: 'parsed',
    value: { dropId, customerId: customerOf(request), key: key.value, fingerprint, lines },
  };
}

/** The index of the first line whose SKU came before. Lines are few: comparing beats building a set. */
function repeatedSku(lines: PlaceHold['lines']): number | undefined {
  for (let i = 1; i < lines.length; i += 1) {
    for (let j = 0; j < i; j += 1) if (lines[i]!.sku === lines[j]!.sku) return i;
  }
  return undefined;
}
