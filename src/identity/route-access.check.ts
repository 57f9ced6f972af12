import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { DomainError } from '../platform/errors';
import { ROUTE_ACCESS } from './access.decorators';

const NEST_ROUTE_PATH = 'path'; // the metadata @Get() and its kin leave on a handler

/** Keeps the application from starting while a route does not say who may use it. */
@Injectable()
export class RouteAccessCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.undeclared();
    if (open.length === 0) return;
    throw new DomainError(
      'misconfigured',
      `These routes need @RequirePermission(…), @SignedIn() or @Public(): ${open.join(', ')}`,
      { routes: open },
    );
  }

  private undeclared(): string[] {
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      if (!metatype || !instance) return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((name) => Reflect.hasMetadata(NEST_ROUTE_PATH, prototype[name]!))
        .filter((name) => this.reflector.getAllAndOverride(ROUTE_ACCESS, [prototype[name]!, metatype]) === undefined)
        .map((name) => `${metatype.name}.${name}`);
    });
  }
}
