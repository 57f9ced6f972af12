import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** The framework's own messages, as lines of our log; its start-up chatter only at debug. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Logger) {}

  private write(level: 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    this.pino[level](
      {
        event: 'nest',
        context: typeof context === 'string' ? context : undefined,
        ...(message instanceof Error ? { err: message } : {}),
      },
      String(message),
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
}
