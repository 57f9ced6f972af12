import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { UuidPipe } from '../platform/uuid.pipe';
import { CurrentAuthentication, CurrentPrincipal, RequirePermission, SignedIn } from './access.decorators';
import type { ApiTokenEntity } from './api-token.entity';
import { ApiTokens } from './api-tokens';
import { AgentTokenPage, NewTokenView, TokenBody, TokenPage, TokenView } from './auth.dto';
import { PageQuery } from './page';
import type { Principal } from './principal';
import { type Authentication, mustBeSession } from './sessions';

@ApiTags('auth')
@Controller('auth/tokens')
@SignedIn()
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Post()
  @ApiOperation({ summary: 'Make an API token for scripts; needs a session' })
  @ApiCreatedResponse({ type: NewTokenView })
  async create(
    @CurrentAuthentication() authentication: Authentication,
    @Body() body: TokenBody,
  ): Promise<NewTokenView> {
    mustBeSession(authentication);
    const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
    const { row, token } = await this.tokens.create(authentication.principal, body.name, expiresAt);
    return Object.assign(view(row), { token });
  }

  @Get()
  @ApiOperation({ summary: 'My API tokens, newest first' })
  @ApiOkResponse({ type: TokenPage })
  async list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<TokenPage> {
    const page = await this.tokens.list(who, cursor, limit);
    return { items: page.items.map(view), nextCursor: page.nextCursor };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke one of my API tokens' })
  revoke(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.tokens.revoke(who, id);
  }
}

@ApiTags('people')
@Controller('workspace/tokens')
@RequirePermission('agents.manage')
export class WorkspaceTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get()
  @ApiOperation({ summary: 'Everybody’s API tokens that work still, newest first' })
  @ApiOkResponse({ type: AgentTokenPage })
  list(@CurrentPrincipal() who: Principal, @Query() { cursor, limit }: PageQuery): Promise<AgentTokenPage> {
    return this.tokens.listAll(who, cursor, limit);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke somebody’s API token; an owner’s only by an owner' })
  revoke(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.tokens.revokeOf(who, id);
  }
}

const view = ({ id, name, hint, createdAt, lastUsedAt, expiresAt, revokedAt }: ApiTokenEntity): TokenView => ({
  id,
  name,
  hint,
  createdAt,
  lastUsedAt,
  expiresAt,
  revokedAt,
});
