import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import type { Principal } from '../../identity/principal';
import { Config } from '../../platform/config';
import { DomainError } from '../../platform/errors';
import { UuidPipe } from '../../platform/uuid.pipe';
import { CHANNEL_KINDS, type ChannelKind } from '../channel';
import { OAuthAppBody, PickBody } from './connecting.dto';
import { ConnectionsService } from './connections.service';

@ApiTags('channels')
@Controller()
export class ConnectingController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly config: Config,
  ) {}

  @Get('oauth-apps')
  @RequirePermission('channels.manage')
  async apps(@CurrentPrincipal() who: Principal) {
    return { items: await this.connections.apps(who), nextCursor: null };
  }

  @Put('oauth-apps/:network')
  @HttpCode(204)
  @RequirePermission('channels.manage')
  saveApp(@CurrentPrincipal() who: Principal, @Param('network') network: string, @Body() body: OAuthAppBody) {
    return this.connections.saveApp(who, network, body);
  }

  @Delete('oauth-apps/:network')
  @HttpCode(204)
  @RequirePermission('channels.manage')
  removeApp(@CurrentPrincipal() who: Principal, @Param('network') network: string) {
    return this.connections.removeApp(who, network);
  }

  /** Where the network sends the browser back; goes on in the console, whatever the network said. */
  @Get('channels/connect/callback')
  @RequirePermission('channels.manage')
  async callback(
    @CurrentPrincipal() who: Principal,
    @Query('state') state: unknown,
    @Query('code') code: unknown,
    @Query('error') error: unknown,
    @Query('error_description') description: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { connectionId } = await this.connections.answer(who, {
      state: text(state) ?? '',
      code: text(code),
      error: text(description) ?? text(error),
    });
    void reply.header('cache-control', 'no-store').redirect(`/admin/channels?connection=${connectionId}`, 302);
  }

  @Post('channels/connect/:kind')
  @RequirePermission('channels.manage')
  begin(@CurrentPrincipal() who: Principal, @Param('kind') kind: string, @Req() request: FastifyRequest) {
    const known = CHANNEL_KINDS.find((one): one is ChannelKind => one === kind);
    if (!known) throw new DomainError('bad_request', `There is no channel kind "${kind}".`);
    return this.connections.begin(who, known, this.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`);
  }

  @Get('channels/connect/:id')
  @RequirePermission('channels.manage')
  get(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string) {
    return this.connections.get(who, id);
  }

  @Post('channels/connect/:id/accounts')
  @RequirePermission('channels.manage')
  async pick(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string, @Body() body: PickBody) {
    return { items: await this.connections.pick(who, id, body.accounts) };
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
