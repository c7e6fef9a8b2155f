import type { Provider } from '@nestjs/common';
import { Clock } from '@holdfast/kernel';
import { SessionFamilies } from '../../application/ports/session-families.port';
import { MemoryFamilies } from './memory-families';

/** Exported by the module that gives the gateway its services, when families are shared. */
export abstract class SharedFamilies {
  abstract readonly families: SessionFamilies;
}

/** Families are shared when the imported module exports `SharedFamilies`, and this process's own otherwise. */
export const sessionProviders: Provider[] = [
  {
    provide: SessionFamilies,
    inject: [{ token: SharedFamilies, optional: true }, Clock],
    useFactory: (shared: SharedFamilies | undefined, clock: Clock) =>
      shared?.families ?? new MemoryFamilies(clock),
  },
];
