import { z } from 'zod';
import { type ProblemCode, PROBLEMS } from '@holdfast/contracts';
import { POLICIES } from '../access/policies';
import { ACCOUNTS_COMPONENTS } from './accounts-schemas';
import { DROPS_COMPONENTS } from './drops-schemas';
import { AUDIT_COMPONENTS } from './audit-schemas';
import { type Operation, type Success, TAGS } from './operation';
import { FIGURES_COMPONENTS } from './figures-operations';
import { TIMELINE_COMPONENTS } from './timeline-operations';
import { OPERATIONS } from './operations';
import { PRODUCTS_COMPONENTS } from './products-schemas';
import { REHEARSALS_COMPONENTS } from './rehearsals-operations';
import { SALES_COMPONENTS } from './sales-operations';
import { drop, dropSummary, health, hold, order, problem, session } from './schemas';

type Json = Record<string, unknown>;

const PARAMETER_HELP: Record<string, string> = {
  dropId: 'ID of the drop',
  holdId: 'ID of the hold',
  orderId: 'ID of the order',
  staffId: 'ID of the member of staff',
  keyId: 'ID of the API key',
  productId: 'ID of the product',
  rehearsalId: 'ID of the rehearsal',
  provider: 'Name of the payment provider, such as `sandbox`',
  reference: 'The payment reference of the provider',
};

const HEADERS: Record<string, Json> = {
  Location: { description: 'URL of the created resource.', schema: { type: 'string' } },
  ETag: { description: 'Entity tag for If-None-Match.', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: '`true` if the response is a replay of an earlier request with the same key.',
    schema: { type: 'string' },
  },
  'Set-Cookie': { description: 'The refresh token.', schema: { type: 'string' } },
  'Retry-After': { description: 'Number of seconds to wait before retrying.', schema: { type: 'integer' } },
};

/** The API as an OpenAPI 3.1 document, generated from the schemas that validate requests. */
export function buildOpenApi(): Json {
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: '1.0.0',
      description:
        'API for limited drops: hold stock for shoppers, take payments and stream live stock counts.',
    },
    servers: [{ url: '/' }],
    tags: TAGS.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        guest: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        staff: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of a merchant: `hfk_…`.' },
      },
      schemas: components(),
    },
  };
}

/** Shared schemas. Responses may gain fields, so they do not forbid additional properties. */
function components(): Json {
  const all = z.toJSONSchema(
    z.tuple([
      drop,
      dropSummary,
      order,
      hold,
      session,
      problem,
      health,
      ...ACCOUNTS_COMPONENTS,
      ...DROPS_COMPONENTS,
      ...PRODUCTS_COMPONENTS,
      ...FIGURES_COMPONENTS,
      ...TIMELINE_COMPONENTS,
      ...AUDIT_COMPONENTS,
      ...SALES_COMPONENTS,
      ...REHEARSALS_COMPONENTS,
    ]),
    {
      io: 'output',
    },
  );
  return referring(all.$defs, (text) => text.replaceAll(',"additionalProperties":false', '')) as Json;
}

function describe(operation: Operation): Json {
  const { id, tag, summary, description } = operation;
  const security = securityOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(security.length > 0 ? { security } : {}),
    parameters: parametersOf(operation),
    ...bodyOf(operation),
    responses: { ...successesOf(operation), ...refusalsOf(operation) },
  };
}

const policyOf = ({ method, path }: Operation) =>
  POLICIES[`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`];

/** Any one of these is enough. */
function securityOf(operation: Operation): Json[] {
  const policy = policyOf(operation);
  switch (policy) {
    case undefined:
    case 'public':
    case 'sign-in':
    case 'provider':
    case 'figures':
      return [];
    case 'guest':
      return [{ guest: [] }];
    case 'person':
      return [{ staff: [] }];
    default:
      return [{ staff: [] }, { apiKey: [] }];
  }
}

function parametersOf({ path, query, idempotent, ifMatch }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMETER_HELP[name!],
    schema: { type: 'string', minLength: 1 },
  }));
  const properties = query ? (jsonOf(query, 'input')['properties'] as Record<string, Json>) : {};
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    schema: queryType(name, schema),
  }));
  const live =
    path.startsWith('/v1/drops/') && path.endsWith('/live')
      ? [
          { name: 'for', in: 'query', schema: { type: 'number', exclusiveMinimum: 0, maximum: 86_400 } },
          { name: 'Last-Event-ID', in: 'header', schema: { type: 'string' } },
        ]
      : [];
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    required: idempotent === true,
    description: '1 to 255 visible characters, bare or quoted.',
    // The bare form; the quoted form has its own rules.
    schema: { type: 'string', pattern: '^[!#-~][!-~]{0,254}$' },
    example: '6f1c0f2e-hold-1',
  };
  const match = {
    name: 'If-Match',
    in: 'header',
    required: ifMatch === true,
    description: 'The `ETag` of the version that was read, or `*`.',
    schema: { type: 'string' },
  };
  return [...inPath, ...inQuery, ...live, ...(idempotent ? [key] : []), ...(ifMatch ? [match] : [])];
}

/** A query parameter is a string for the validator and a number in the document. */
function queryType(name: string, schema: Json): Json {
  return name === 'limit'
    ? { type: 'integer', minimum: 1, maximum: 200, default: schema['default'] ?? 50 }
    : schema;
}

function bodyOf({ body, bodyOptional, bodyType }: Operation): Json {
  if (body) {
    const content = { 'application/json': { schema: jsonOf(body, 'input') } };
    return { requestBody: { required: !bodyOptional, content } };
  }
  if (bodyType === 'application/json') {
    return { requestBody: { required: true, content: { [bodyType]: { schema: {} } } } };
  }
  if (!bodyType) return {};
  if (bodyType === 'text/csv')
    return { requestBody: { required: true, content: { [bodyType]: { schema: { type: 'string' } } } } };
  const schema = {
    type: 'object',
    properties: {
      decision: { enum: ['approve', 'deny'] },
      nonce: {
        type: 'string',
        maxLength: 100,
        description: 'The nonce in the form of the bank page. Sent by browsers; other clients omit it.',
      },
    },
    required: ['decision'],
    additionalProperties: false,
  };
  return { requestBody: { required: true, content: { [bodyType]: { schema } } } };
}

function successesOf({ method, path, success }: Operation): Record<string, Json> {
  const all = Object.entries(success).map(([status, it]) => [status, successOf(it)] as const);
  const isPublic = method === 'get' && !path.startsWith('/v1/admin/');
  const cached = isPublic && success[200]?.headers?.includes('ETag');
  return Object.fromEntries(cached ? [...all, ['304', { description: 'Not modified.' }]] : all);
}

function successOf({ description, content, csv, headers = [] }: Success): Json {
  return {
    description,
    ...(headers.length > 0 ? { headers: pick(headers) } : {}),
    ...(content === undefined
      ? {}
      : { content: { ...contentOf(content), ...(csv ? contentOf('text/csv') : {}) } }),
  };
}

function contentOf(content: z.ZodType | string): Json {
  if (typeof content === 'string') return { [content]: { schema: { type: 'string' } } };
  return { 'application/json': { schema: jsonOf(content, 'output') } };
}

/** The problems that an operation lists, and those that follow from what it requires. */
function refusalsOf(operation: Operation): Record<string, Json> {
  const codes = new Set<ProblemCode>(operation.refusals);
  const policy = policyOf(operation);
  if (securityOf(operation).length > 0) codes.add('unauthenticated');
  if (operation.path.startsWith('/v1/admin/')) codes.add('forbidden').add('mfa-required');
  if (typeof policy === 'object') codes.add('step-up-required');
  if (operation.path.includes('{')) codes.add('invalid-request'); // a path that cannot be decoded
  if (operation.idempotent) {
    for (const code of ['invalid-request', 'idempotency-key-reused'] as const) codes.add(code);
    if (operation.idempotent !== 'optional') codes.add('idempotency-key-required');
    for (const code of ['payload-too-large', 'unsupported-media-type', 'temporary-reduced-capacity'] as const)
      codes.add(code);
  }
  // Every route is rate-limited, and any may be called while a dependency is down.
  codes.add('quota-exceeded').add('temporarily-unavailable');
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const status =
      code === 'mfa-required' && operation.path.startsWith('/v1/admin/') ? 403 : PROBLEMS[code][0];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, list]) => [String(status), refusal(status, list)]));
}

function refusal(status: number, codes: readonly ProblemCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    ...(status === 429 || status === 503 ? { headers: pick(['Retry-After']) } : {}),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function pick(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, HEADERS[name]]));
}

/** A schema, referring to the components by name. */
function jsonOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema, $defs, ...json } = z.toJSONSchema(schema, { io }) as Json;
  void [$schema, $defs]; // the document says the first once for all, and keeps the second as components
  return referring(json) as Json;
}

function referring(json: unknown, also = (text: string) => text): unknown {
  return JSON.parse(also(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')));
}
