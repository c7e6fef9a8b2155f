import type { Provider } from '@nestjs/common';
import { redisProviders } from '@holdfast/service';
import { standaloneAdapters } from './adapters.standalone';

/** Gate, view and stream shared by all instances. */
export const clusterAdapters: Provider[] = [...redisProviders, ...standaloneAdapters];
