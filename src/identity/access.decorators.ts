import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { DomainError } from '../platform/errors';
import type { Permission, Principal } from './principal';
import type { Authentication } from './sessions';

/** What a route asks of its caller; a route that says nothing keeps the application from starting. */
export type RouteAccess = 'public' | readonly Permission[];

export const ROUTE_ACCESS = Symbol('route-access');

/** The caller needs all of these. On a class it holds for each route that does not say its own. */
export const RequirePermission = (first: Permission, ...more: Permission[]) =>
  SetMetadata<symbol, RouteAccess>(ROUTE_ACCESS, [first, ...more]);

/** Any agent of the workspace, whatever the role: what concerns the caller alone. */
export const SignedIn = () => SetMetadata<symbol, RouteAccess>(ROUTE_ACCESS, []);

/** Nobody need be known: sign-in, health, and routes that verify a signature of their own. */
export const Public = () => SetMetadata<symbol, RouteAccess>(ROUTE_ACCESS, 'public');

/** What the guard leaves on a request. */
export interface Authenticated {
  authentication?: Authentication;
}

/** How the caller signed in, for the routes about sessions themselves. */
export const CurrentAuthentication = createParamDecorator((_: unknown, context: ExecutionContext): Authentication =>
  authenticationOf(context),
);

/** The agent behind this request, for routes that are not `@Public()`. */
export const CurrentPrincipal = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal => authenticationOf(context).principal,
);

function authenticationOf(context: ExecutionContext): Authentication {
  const { authentication } = context.switchToHttp().getRequest<Authenticated>();
  if (!authentication) throw new DomainError('unauthenticated', 'Sign in first.');
  return authentication;
}
