import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger';

/** Nest's own lines through our logger. What Nest tells about its start (each mapped route, each module) is for debugging. */
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

/** Nest hands the context's name over as the last argument, a stack before it. */
function fields(more: unknown[]): object {
  const context = more.at(-1);
  const stack = more.length > 1 ? more[0] : undefined;
  return { part: typeof context === 'string' ? `nest:${context}` : 'nest', ...(stack ? { stack } : {}) };
}
