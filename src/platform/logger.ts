import pino, { type Logger } from 'pino';
import { Config } from './config';

export const LOGGER = Symbol('logger');

/** One structured line per request, job and provider call, at the edge. No message bodies, handles or tokens. */
export function createLogger(config: Config): Logger {
  return pino({
    level: config.LOG_LEVEL,
    base: { role: config.ROLE, pid: process.pid },
    redact: { paths: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token'], remove: true },
  });
}
