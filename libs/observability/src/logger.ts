import pino, { type Logger as PinoLogger } from 'pino';
import { standardError } from './log-output';

/**
 * Structured log, one JSON document per line. Injected by this class; `logger.child({ part: 'lane' })` for a
 * part of the product.
 */
export abstract class Logger {
  abstract fatal(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract debug(fields: object, message: string): void;
  abstract child(fields: object): Logger;
}

/**
 * The product's logger. Writes to standard error; standard output is for the ready line and the output of
 * commands.
 */
export function createLogger(level: string): PinoLogger & Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.password', '*.token', '*.authorization', 'req.headers.authorization', 'req.headers.cookie'],
    },
    standardError(),
  );
}

/** Logs nothing; for tests and tools. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
