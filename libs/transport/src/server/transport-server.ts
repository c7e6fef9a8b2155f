import type { CustomStrategy } from '@nestjs/microservices';
import type { Logger } from '@holdfast/observability';
import { parseAddress } from '../address';
import { serverTls, ServiceKeys, type TlsSetting, usesTls } from '../security';
import { ServiceServer } from './service-server';

export interface TransportServerOptions {
  /** `host:port`; port 0 takes a free one (`strategy.address` tells which). */
  listen: string;
  /** The service key: all services of one product have the same. */
  key: string;
  tls?: TlsSetting;
  logger: Logger;
}

/** Options of `app.connectMicroservice(…)` or `NestFactory.createMicroservice(module, …)` for a service. */
export function transportServer(
  options: TransportServerOptions,
): CustomStrategy & { strategy: ServiceServer } {
  const { listen, key, tls = 'auto', logger } = options;
  const address = parseAddress(listen);
  const keys = new ServiceKeys(key);
  const strategy = new ServiceServer({
    listen: address,
    keys,
    tls: usesTls(tls, address.host) ? serverTls(keys) : undefined,
    logger: logger.child({ part: 'transport' }),
  });
  return { strategy };
}
