import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, MinLength, validateSync } from 'class-validator';
import { DomainError } from './errors';
import { retentionProblem } from './retention';

const KEY = /^[0-9a-f]{64}$/;
const toInt = ({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
const urlOf = (...protocols: string[]) =>
  IsUrl({ protocols, require_tld: false, require_protocol: true, require_valid_protocol: true });

/** Everything the environment may say, checked once at boot; nothing else reads `process.env`. */
export class Config {
  @IsIn(['development', 'production', 'test']) NODE_ENV: 'development' | 'production' | 'test' = 'development';
  @Transform(toInt) @IsInt() @Min(0) @Max(65535) PORT = 3000;
  @MinLength(1) HOST: string;
  @IsOptional() @urlOf('postgres', 'postgresql') DATABASE_URL?: string;
  /** Connections of one process to Postgres. */
  @Transform(toInt) @IsInt() @Min(2) @Max(500) DATABASE_POOL = 16;
  @IsOptional() @urlOf('redis', 'rediss') REDIS_URL?: string;
  /** Prefix of all Redis keys, so several installations can share one Redis. */
  @Matches(/^[a-z0-9_-]+$/i) REDIS_PREFIX = 'pasokh';
  @IsIn(['all', 'web', 'worker']) ROLE: 'all' | 'web' | 'worker' = 'all';
  @MinLength(1) DATA_DIR = '.data';
  @IsOptional() @urlOf('http', 'https') PUBLIC_URL?: string;
  /** 64 hex digits, several separated by commas: the first seals, the others still open (rotation). */
  @IsOptional() @Matches(/^[0-9a-f]{64}(,[0-9a-f]{64})*$/) ENCRYPTION_KEY?: string;
  @IsOptional() @MinLength(32) SESSION_SECRET?: string;
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']) LOG_LEVEL = 'info';
  @IsOptional() @Matches(/^\S+@\S+$/) ADMIN_EMAIL?: string;
  @IsOptional() @MinLength(10) ADMIN_PASSWORD?: string;
  /** How many proxies stand in front and may be believed about the caller's address. */
  @Transform(toInt) @IsInt() @Min(0) @Max(10) TRUST_PROXY = 0;
  /** Largest webhook body in bytes; WhatsApp batches reach 3 MB. */
  @Transform(toInt) @IsInt() @Min(1024) @Max(64 * 1024 * 1024) WEBHOOK_BODY_LIMIT = 4 * 1024 * 1024;

  /** Where files lie; default: `blobs` in DATA_DIR. Ignored when an S3 store is given. */
  @IsOptional() @MinLength(1) BLOB_DIR?: string;
  /** An S3-compatible store for files, all five or none. */
  @IsOptional() @urlOf('http', 'https') S3_ENDPOINT?: string;
  @IsOptional() @MinLength(3) S3_BUCKET?: string;
  @MinLength(1) S3_REGION = 'us-east-1';
  @IsOptional() @MinLength(1) S3_ACCESS_KEY_ID?: string;
  @IsOptional() @MinLength(1) S3_SECRET_ACCESS_KEY?: string;
  /** Largest file in bytes, received or uploaded. */
  @Transform(toInt) @IsInt() @Min(1024) @Max(512 * 1024 * 1024) MEDIA_MAX_BYTES = 50 * 1024 * 1024;

  /** Hosts that outgoing webhooks may reach although they are not on the public internet; names separated by commas. */
  @IsOptional() @Matches(/^[^\s,/]+(,[^\s,/]+)*$/) WEBHOOK_PRIVATE_HOSTS?: string;

  /** How many days what only grows is kept, where not as usual: `routing_log=90,surveys=0`; 0 is for ever. */
  @IsOptional() RETENTION_DAYS?: string;

  /** No database was given: the product brings its own. */
  embedded = false;
  get servesHttp(): boolean {
    return this.ROLE !== 'worker';
  }
  get runsJobs(): boolean {
    return this.ROLE !== 'web';
  }
}

const NAMES = [
  'NODE_ENV',
  'PORT',
  'HOST',
  'DATABASE_URL',
  'DATABASE_POOL',
  'REDIS_URL',
  'REDIS_PREFIX',
  'ROLE',
  'DATA_DIR',
  'PUBLIC_URL',
  'ENCRYPTION_KEY',
  'SESSION_SECRET',
  'LOG_LEVEL',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'TRUST_PROXY',
  'WEBHOOK_BODY_LIMIT',
  'BLOB_DIR',
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'MEDIA_MAX_BYTES',
  'WEBHOOK_PRIVATE_HOSTS',
  'RETENTION_DAYS',
] as const;

/**
 * Reads and checks the environment. In production, with a database of your own, the secrets must be given; otherwise
 * they are made once and kept in DATA_DIR.
 * @throws DomainError `misconfigured` naming every wrong variable, and no values.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    NAMES.filter((name) => env[name] !== undefined && env[name] !== '').map((n) => [n, env[n]]),
  );
  const config = plainToInstance(Config, given, { exposeDefaultValues: true });
  config.HOST ??= config.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1';
  config.DATA_DIR = resolve(config.DATA_DIR);
  config.embedded = config.DATABASE_URL === undefined;
  const problems = validateSync(config).map((e) => `${e.property}: ${Object.values(e.constraints ?? {}).join(', ')}`);
  if (config.NODE_ENV === 'production' && !config.embedded) {
    if (!config.ENCRYPTION_KEY) problems.push('ENCRYPTION_KEY: must be set in production (64 hex digits)');
    if (!config.SESSION_SECRET) problems.push('SESSION_SECRET: must be set in production (32 characters or more)');
  }
  const kept = config.RETENTION_DAYS === undefined ? null : retentionProblem(config.RETENTION_DAYS);
  if (kept) problems.push(`RETENTION_DAYS: ${kept}`);
  const s3 = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const missing = s3.filter((name) => config[name] === undefined);
  if (missing.length > 0 && missing.length < s3.length)
    problems.push(...missing.map((name) => `${name}: must be set with the other S3 variables`));
  if (problems.length > 0) {
    throw new DomainError('misconfigured', `The environment is wrong:\n  ${problems.join('\n  ')}`, {
      names: problems.map((p) => p.slice(0, p.indexOf(':'))),
    });
  }
  config.ENCRYPTION_KEY ??= keptSecret(config.DATA_DIR, 'encryption-key');
  config.SESSION_SECRET ??= keptSecret(config.DATA_DIR, 'session-secret');
  return config;
}

/** A secret made on first use and kept in DATA_DIR, readable by its owner only. */
function keptSecret(dataDir: string, name: string): string {
  const dir = join(dataDir, 'secrets');
  const file = join(dir, name);
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
  }
  const secret = readFileSync(file, 'utf8').trim();
  if (!KEY.test(secret)) {
    throw new DomainError(
      'misconfigured',
      `The kept secret "${name}" in DATA_DIR is damaged; restore it from a backup.`,
    );
  }
  return secret;
}
