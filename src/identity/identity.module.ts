import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module';
import { AccessChanges } from './access-changes';
import { AgentsController } from './agents.controller';
import { AgentsRepository } from './agents.repository';
import { AgentsService } from './agents.service';
import { ApiTokens } from './api-tokens';
import { ApiTokensController, WorkspaceTokensController } from './api-tokens.controller';
import { AuthController } from './auth.controller';
import { AuthGuard } from './auth.guard';
import { LoginLimits } from './login-limits';
import { Profiles } from './profiles';
import { RouteAccessCheck } from './route-access.check';
import { Sessions } from './sessions';
import { SessionsRepository } from './sessions.repository';
import { SignIn } from './sign-in';
import { SignOut } from './sign-out';
import { BrandsController, TeamsController, WorkspaceController } from './workspace.controller';
import { WorkspaceService } from './workspace.service';

@Module({
  imports: [AuditModule, DiscoveryModule],
  controllers: [
    AuthController,
    ApiTokensController,
    WorkspaceTokensController,
    WorkspaceController,
    BrandsController,
    TeamsController,
    AgentsController,
  ],
  providers: [
    { provide: APP_GUARD, useClass: AuthGuard },
    RouteAccessCheck,
    AccessChanges,
    AgentsRepository,
    SessionsRepository,
    AgentsService,
    ApiTokens,
    LoginLimits,
    Profiles,
    Sessions,
    SignIn,
    SignOut,
    WorkspaceService,
  ],
  exports: [AccessChanges, Sessions],
})
export class IdentityModule {}
