import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Config } from '../platform/config';
import { DomainError } from '../platform/errors';
import { type Authenticated, ROUTE_ACCESS, type RouteAccess } from './access.decorators';
import { credentialsOf, originAllowed } from './credentials';
import { type Authentication, Sessions } from './sessions';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Stands before every HTTP route and refuses by default: a route says `@Public()`, `@SignedIn()` or
 * `@RequirePermission(…)`. Sockets ask `Sessions.authenticate` at their handshake.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly config: Config,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === undefined) throw new DomainError('forbidden', 'This route does not say who may use it.');
    if (access === 'public') return true;

    const request = context.switchToHttp().getRequest<FastifyRequest & Authenticated>();
    const authentication = await this.sessions.authenticate(credentialsOf(request.headers));
    if (!authentication) throw new DomainError('unauthenticated', 'Sign in, or send a valid API token.');
    if (authentication.principal.via === 'session' && !READING.has(request.method)) {
      this.refuseForgery(request, authentication);
    }
    const missing = access.filter((permission) => !authentication.principal.permissions.has(permission));
    if (missing.length > 0) {
      throw new DomainError('forbidden', 'Your role does not allow this; ask an admin of the workspace.', { missing });
    }
    request.authentication = authentication;
    return true;
  }

  /** A browser sends its cookie along whichever page asks; only our own pages know the session's second token. */
  private refuseForgery(request: FastifyRequest, authentication: Authentication): void {
    if (!originAllowed(request.headers.origin, request.host, this.config.PUBLIC_URL)) {
      throw new DomainError('csrf_failed', 'This page may not act here; open the console at its own address.');
    }
    const header = request.headers['x-csrf-token'];
    if (!this.sessions.csrfMatches(authentication, Array.isArray(header) ? undefined : header)) {
      throw new DomainError('csrf_failed', 'Send the csrfToken of GET /auth/session as x-csrf-token.');
    }
  }
}
