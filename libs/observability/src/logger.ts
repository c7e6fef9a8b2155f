import pino, { type Logger as PinoLogger } from 'pino';
import { standardError } from './log-output';

/** Structured log, one JSON document a line. Injected by this class; `logger.child({ part: 'lane' })` for a part of the product. */
export abstract class Logger {
  abstract fatal(fields: object, message: string): void;
  abstract error(fields: object, message: string): void;
  abstract warn(fields: object, message: string): void;
  abstract info(fields: object, message: string): void;
  abstract debug(fields: object, message: string): void;
  abstract child(fields: object): Logger;
}

/** The product's logger. Writes to standard error: standard output belongs to the ready line and to what a command answers. */
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

/** Says nothing; for tests and tools. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
