import type { z } from 'zod';
import type { ProblemCode } from '@holdfast/contracts';

/** A successful response. `content` as a string is a media type other than JSON. */
export interface Success {
  description: string;
  content?: z.ZodType | string;
  /** Also as `text/csv`. */
  csv?: boolean;
  headers?: readonly ('Location' | 'ETag' | 'Idempotent-Replayed' | 'Set-Cookie')[];
}

/** An operation of the API. Who may call it is told by `POLICIES`. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** An OpenAPI path template: `/v1/drops/{dropId}`. */
  path: string;
  id: string;
  tag: Tag;
  summary: string;
  description?: string;
  /** `optional`: an Idempotency-Key is honoured, and not needed. */
  idempotent?: boolean | 'optional';
  /** Needs If-Match, or takes it. */
  ifMatch?: boolean | 'optional';
  query?: z.ZodObject;
  body?: z.ZodType;
  bodyOptional?: boolean;
  bodyType?: string;
  success: Record<number, Success>;
  refusals?: readonly ProblemCode[];
}

export const TAGS = ['Shopper', 'Sign-in', 'Merchant', 'Audit', 'Operators', 'Sandbox', 'Providers'] as const;
export type Tag = (typeof TAGS)[number];
