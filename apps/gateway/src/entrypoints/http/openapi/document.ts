import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../problems/catalogue';
import { type Operation, OPERATIONS, type Success } from './operations';
import { drop, dropSummary, health, hold, order, problem, session } from './schemas';

type Json = Record<string, unknown>;

const PARAMETER_HELP: Record<string, string> = {
  dropId: 'Id of a drop',
  holdId: 'Id of a hold',
  orderId: 'Id of an order',
  provider: 'Name of a payment provider, such as `sandbox`',
  reference: 'The provider’s reference of a payment',
};

const HEADERS: Record<string, Json> = {
  Location: { description: 'Where the created thing is.', schema: { type: 'string' } },
  ETag: { description: 'For If-None-Match.', schema: { type: 'string' } },
  'Idempotent-Replayed': { description: '`true` when the key was used before.', schema: { type: 'string' } },
  'Set-Cookie': { description: 'The refresh token.', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
};

/** The whole interface as an OpenAPI 3.1 document, made from the schemas that check requests. */
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
        'Sells limited drops: holds stock for shoppers, takes their payment and shows live counts.',
    },
    servers: [{ url: '/' }],
    tags: ['Shopper', 'Operators', 'Sandbox', 'Providers'].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { guest: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components(),
    },
  };
}

/** What answers refer to by name. Answers may gain fields, so a client must not be told that there are no others. */
function components(): Json {
  const all = z.toJSONSchema(z.tuple([drop, dropSummary, order, hold, session, problem, health]), {
    io: 'output',
  });
  return referring(all.$defs, (text) => text.replaceAll(',"additionalProperties":false', '')) as Json;
}

function describe(operation: Operation): Json {
  const { id, tag, summary, description, guest } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description ? { description } : {}),
    ...(guest ? { security: [{ guest: [] }] } : {}),
    parameters: parametersOf(operation),
    ...bodyOf(operation),
    responses: { ...successesOf(operation), ...refusalsOf(operation) },
  };
}

function parametersOf({ path, query, idempotent }: Operation): Json[] {
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
    required: true,
    description: '1 to 255 visible characters, bare or quoted.',
    // The bare form; a quoted one has rules of its own.
    schema: { type: 'string', pattern: '^[!#-~][!-~]{0,254}$' },
    example: '6f1c0f2e-hold-1',
  };
  return [...inPath, ...inQuery, ...live, ...(idempotent ? [key] : [])];
}

/** A number in an address is text to the checker and a number to the reader. */
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
  const schema = {
    type: 'object',
    properties: {
      decision: { enum: ['approve', 'deny'] },
      nonce: {
        type: 'string',
        maxLength: 100,
        description: 'Of the form on the page, which browsers send; programs leave it out.',
      },
    },
    required: ['decision'],
    additionalProperties: false,
  };
  return { requestBody: { required: true, content: { [bodyType]: { schema } } } };
}

function successesOf({ success }: Operation): Record<string, Json> {
  const all = Object.entries(success).map(([status, it]) => [status, successOf(it)] as const);
  const cached = success[200]?.headers?.includes('ETag');
  return Object.fromEntries(cached ? [...all, ['304', { description: 'Not changed.' }]] : all);
}

function successOf({ description, content, headers = [] }: Success): Json {
  return {
    description,
    ...(headers.length > 0 ? { headers: pick(headers) } : {}),
    ...(content === undefined ? {} : { content: contentOf(content) }),
  };
}

function contentOf(content: z.ZodType | string): Json {
  if (typeof content === 'string') return { [content]: { schema: { type: 'string' } } };
  return { 'application/json': { schema: jsonOf(content, 'output') } };
}

/** The refusals an operation names, and those that follow from what it needs. */
function refusalsOf(operation: Operation): Record<string, Json> {
  const codes = new Set<ProblemCode>(operation.refusals);
  if (operation.guest) codes.add('unauthenticated');
  if (operation.path.includes('{')) codes.add('invalid-request'); // an address that cannot be decoded
  if (operation.idempotent) {
    for (const code of ['invalid-request', 'idempotency-key-required', 'idempotency-key-reused'] as const)
      codes.add(code);
    for (const code of ['payload-too-large', 'unsupported-media-type', 'temporary-reduced-capacity'] as const)
      codes.add(code);
  }
  // Every route is limited, and any may be asked while what it needs is away.
  codes.add('quota-exceeded').add('temporarily-unavailable');
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const status = PROBLEMS[code][0];
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
