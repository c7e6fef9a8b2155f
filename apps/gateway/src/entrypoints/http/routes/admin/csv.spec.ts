import type { FastifyRequest } from 'fastify';
import { wantsCsv } from './csv';

const asked = (accept?: string) => wantsCsv({ headers: { accept } } as FastifyRequest);

describe('a client that would rather have CSV', () => {
  it.each([
    'text/csv',
    'TEXT/CSV; charset=utf-8',
    'text/csv, */*;q=0.1',
    'text/*',
    'text/csv, application/json',
  ])('says so with %s', (accept) => expect(asked(accept)).toBe(true));

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/csv;q=0.9',
    'text/csv;q=0',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'csv',
  ])('is not who sends %j', (accept) => expect(asked(accept)).toBe(false));
});
