import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { CannedRepliesService } from './canned-replies.service';
import {
  CannedRepliesQuery,
  CannedReplyBody,
  CannedReplyDto,
  CannedReplyPage,
  ReadyTextDto,
  RenderBody,
} from './macros.dto';

@ApiTags('macros')
@Controller('canned-replies')
@RequirePermission('tickets.write')
export class CannedRepliesController {
  constructor(private readonly replies: CannedRepliesService) {}

  @Get()
  @ApiOperation({ summary: 'Everybody’s, my teams’ and my own; with `q` the best first' })
  @ApiOkResponse({ type: CannedReplyPage })
  list(
    @CurrentPrincipal() who: Principal,
    @Query() { q, cursor, limit }: CannedRepliesQuery,
  ): Promise<CannedReplyPage> {
    return this.replies.list(who, q, cursor ?? null, limit);
  }

  @Post()
  @ApiOperation({ summary: 'For myself; shared ones need `macros.manage`' })
  @ApiCreatedResponse({ type: CannedReplyDto })
  create(@CurrentPrincipal() who: Principal, @Body() body: CannedReplyBody): Promise<CannedReplyDto> {
    return this.replies.create(who, body);
  }

  @Put(':id')
  @ApiOkResponse({ type: CannedReplyDto })
  change(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: CannedReplyBody,
  ): Promise<CannedReplyDto> {
    return this.replies.change(who, id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  remove(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.replies.remove(who, id);
  }

  @Post(':id/render')
  @HttpCode(200)
  @ApiOperation({ summary: 'The text as it reads on a ticket, for the composer' })
  @ApiOkResponse({ type: ReadyTextDto })
  render(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() { ticketId, language }: RenderBody,
  ): Promise<ReadyTextDto> {
    return this.replies.render(who, id, ticketId, language);
  }
}
