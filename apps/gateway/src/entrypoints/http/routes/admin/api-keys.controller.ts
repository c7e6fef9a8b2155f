import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiKeys, type CreateApiKeyOutcome, newApiKey } from '@holdfast/contracts';
import { changeOriginOf, merchantCallerOf } from '../../access/request';
import { type Problem, sendProblem } from '../../problems/problem';
import { apiKeyInput } from '../../schemas/accounts-inputs';
import { looksLikeId, pageQuery } from '../../schemas/inputs';
import { check, parseJson, refused } from '../../server/body';
import { sendAnswer } from '../send';
import { KeyedSecrets } from './keyed-secrets';
import { pageOf } from './page';
import { renderApiKey } from './render';

/** The keys with which programs of a merchant call. */
@Controller('v1/admin/api-keys')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly secrets: KeyedSecrets,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = check(pageQuery, request.query);
    if (query.kind === 'refused') return void sendProblem(request, reply, query.problem);
    const keys = await this.keys.listApiKeys(merchantCallerOf(request).merchantId);
    sendAnswer(request, reply, pageOf(keys, query.value, renderApiKey));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const secrets = this.secrets.of(request);
    if (secrets.kind === 'refused') return void sendProblem(request, reply, secrets.problem);
    const body = parseJson(request, apiKeyInput);
    if (body.kind === 'refused') return void sendProblem(request, reply, body.problem);
    const { make, fingerprint } = secrets.value;
    const { merchantId, scopes: makerScopes } = merchantCallerOf(request);
    const { secret, ...key } = newApiKey(make('id'), make('secret'));
    const { name, scopes, expiresAt } = body.value;
    const outcome = await this.keys.createApiKey({
      ...key,
      merchantId,
      name,
      scopes,
      expiresAt: expiresAt ?? null,
      makerScopes: [...makerScopes],
      fingerprint,
      by: changeOriginOf(request),
    });
    if (outcome.kind !== 'created') return void sendProblem(request, reply, refusalOf(outcome));
    sendAnswer(request, reply, {
      kind: 'sent',
      status: 201,
      location: `/v1/admin/api-keys/${outcome.key.id}`,
      replayed: outcome.replayed,
      body: JSON.stringify({ ...renderApiKey(outcome.key), secret }),
    });
  }

  @Delete(':keyId')
  async remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { keyId } = request.params as { keyId: string };
    if (!looksLikeId(keyId)) return void sendProblem(request, reply, { code: 'not-found' });
    const { merchantId } = merchantCallerOf(request);
    const outcome = await this.keys.removeApiKey({ merchantId, keyId, by: changeOriginOf(request) });
    if (outcome.kind !== 'removed') return void sendProblem(request, reply, { code: outcome.kind });
    sendAnswer(request, reply, { kind: 'empty', status: 204 });
  }
}

function refusalOf(outcome: Exclude<CreateApiKeyOutcome, { kind: 'created' }>): Problem {
  switch (outcome.kind) {
    case 'invalid-scopes':
      return refused([{ pointer: '/scopes', message: 'must be scopes, at least one' }]).problem;
    case 'expired-already':
      return refused([{ pointer: '/expiresAt', message: 'is in the past' }]).problem;
    case 'forbidden-scopes':
      return {
        code: 'forbidden',
        detail: `A key cannot have ${outcome.scopes.join(', ')}: you lack it, or no key may have it.`,
      };
    case 'key-reused':
      return { code: 'idempotency-key-reused' };
    case 'removed-since':
      return {
        code: 'conflict',
        detail: 'The key of this Idempotency-Key has been removed. Use a new Idempotency-Key.',
      };
    case 'too-many':
      return {
        code: 'conflict',
        detail: 'This merchant has as many API keys as it can have. Remove one first.',
      };
    case 'not-found':
      return { code: 'not-found' };
  }
}
