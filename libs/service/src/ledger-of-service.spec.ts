import { StartError } from '@holdfast/process';
import { takeLedger } from './ledger-of-service';
import type { ServiceParts } from './service-parts';

describe('the ledger of a service', () => {
  it.each(['postgres://user:s3cret@host:port/db', 'postgres://user:s3cret@host:99999/db'])(
    'ends the start for a URL that cannot be read, without quoting it: %s',
    async (url) => {
      const parts = { config: { service: 'inventory' }, runtime: { ledger: { inventory: url } } };
      const taking = takeLedger(parts as unknown as ServiceParts, null as never);
      await expect(taking).rejects.toThrow(StartError);
      await expect(taking).rejects.toThrow(/^DATABASE_URL is not a URL(?!.*s3cret)/);
    },
  );
});
