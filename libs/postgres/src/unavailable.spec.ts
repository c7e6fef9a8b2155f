import { ServiceUnavailable } from '@holdfast/contracts';
import { NotASession } from './not-a-session';
import { isAboutValues, isDatabaseUnavailable, orServiceUnavailable } from './unavailable';

const withCode = (code: unknown, message = '') => Object.assign(new Error(message), { code });

describe('an error of a query', () => {
  it.each([
    ['08006', 'connection_failure'],
    ['40001', 'serialization_failure'],
    ['40P01', 'deadlock_detected'],
    ['53300', 'too_many_connections'],
    ['53100', 'disk_full'],
    ['57014', 'query_canceled'],
    ['57P01', 'admin_shutdown'],
    ['57P02', 'crash_shutdown'],
    ['57P03', 'cannot_connect_now'],
    ['55P03', 'lock_not_available'],
    ['25006', 'read_only_sql_transaction'],
    ['ECONNREFUSED', 'nobody listens'],
    ['ECONNRESET', 'connection lost'],
    ['EPIPE', 'connection lost'],
    ['ETIMEDOUT', 'no answer'],
    ['EHOSTUNREACH', 'no route'],
    ['ENETUNREACH', 'no network'],
    ['ENOTFOUND', 'no such host'],
    ['EAI_AGAIN', 'no name server'],
  ])('%s (%s) means that the database is unavailable', (code) => {
    expect(isDatabaseUnavailable(withCode(code))).toBe(true);
    expect(isAboutValues(withCode(code))).toBe(false);
  });

  it.each([
    'timeout expired',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Received unexpected commandComplete message from backend.',
    'The server does not support SSL connections',
    'Cannot use a pool after calling end on the pool',
  ])('of the driver means the same: %s', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it('is recognized in errors of a connection pooler, too', () => {
    expect(isDatabaseUnavailable(new NotASession('test'))).toBe(true);
  });

  it.each([
    ['22001', true],
    ['23505', true],
    ['23514', true],
    ['P0001', true],
    ['54000', true],
    ['0A000', false],
    ['42P01', false],
    ['42501', false],
    ['28P01', false],
    ['3D000', false],
    ['XX000', false],
    ['ENOENT', false],
    [23, false],
  ])('%s is no such error; about the values: %s', (code, aboutValues) => {
    const error = withCode(code, 'The operation was aborted due to timeout');
    expect(isDatabaseUnavailable(error)).toBe(false);
    expect(isAboutValues(error)).toBe(aboutValues);
  });

  it.each([new TypeError('x is undefined'), 'timeout expired', null])(
    'that is a bug stays what it is: %s',
    async (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
      await expect(orServiceUnavailable('orders', Promise.reject(error as Error))).rejects.toBe(error);
    },
  );

  it('is reported to the caller as ServiceUnavailable', async () => {
    const lost = orServiceUnavailable('orders', Promise.reject(withCode('57P01', 'terminating connection')));
    await expect(lost).rejects.toThrow(new ServiceUnavailable('orders: terminating connection'));
    expect(await orServiceUnavailable('orders', Promise.resolve(1))).toBe(1);
  });
});
