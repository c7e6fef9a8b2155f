import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger';

/**
 * Passes Nest's log to the product's logger. Nest's lines about its start (each route, each module) are
 * logged at level debug.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...more: unknown[]): void {
    this.logger.debug(fields(more), String(message));
  }

  error(message: unknown, ...more: unknown[]): void {
    this.logger.error(fields(more), String(message));
  }

  warn(message: unknown, ...more: unknown[]): void {
    this.logger.warn(fields(more), String(message));
  }

  debug(message: unknown, ...more: unknown[]): void {
    this.logger.debug(fields(more), String(message));
  }

  verbose(message: unknown, ...more: unknown[]): void {
    this.logger.debug(fields(more), String(message));
  }
}

/** Nest passes the context's name as the last argument, and a stack before it. */
function fields(more: unknown[]): object {
  const context = more.at(-1);
  const stack = more.length > 1 ? more[0] : undefined;
  return { part: typeof context === 'string' ? `nest:${context}` : 'nest', ...(stack ? { stack } : {}) };
}
