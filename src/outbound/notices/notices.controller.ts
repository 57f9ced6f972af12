import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../../identity/access.decorators';
import { PageQuery } from '../../identity/page';
import type { Principal } from '../../identity/principal';
import { UuidPipe } from '../../platform/uuid.pipe';
import {
  NoticeBody,
  NoticeDecisionBody,
  NoticeDto,
  NoticePageDto,
  NoticeRulesDto,
  WrittenNoticeDto,
} from './notices.dto';
import { NoticesService } from './notices.service';

@ApiTags('channels')
@RequirePermission('notices.send')
@Controller('channels/:id')
export class NoticesController {
  constructor(private readonly notices: NoticesService) {}

  @Post('notices')
  @ApiOperation({ summary: 'To whoever follows a channel nobody can answer on' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same key gives the same answer and sends once',
  })
  @ApiCreatedResponse({ type: WrittenNoticeDto })
  write(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: NoticeBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<WrittenNoticeDto> {
    return this.notices.write(who, id, body, key);
  }

  @Get('notices')
  @ApiOperation({ summary: 'Newest first, each with how it fared' })
  @ApiOkResponse({ type: NoticePageDto })
  list(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Query() query: PageQuery,
  ): Promise<NoticePageDto> {
    return this.notices.list(who, id, query.cursor, query.limit);
  }

  @Get('notice-rules')
  @ApiOperation({ summary: 'What may be sent there' })
  @ApiOkResponse({ type: NoticeRulesDto })
  rules(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<NoticeRulesDto> {
    return this.notices.rules(who, id);
  }

  @Get('notices/:noticeId')
  @ApiOkResponse({ type: NoticeDto })
  get(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('noticeId', UuidPipe) noticeId: string,
  ): Promise<NoticeDto> {
    return this.notices.get(who, id, noticeId);
  }

  @Post('notices/:noticeId/delivery')
  @HttpCode(200)
  @ApiOperation({ summary: 'Sends it again, gives it up, or says that it arrived' })
  @ApiOkResponse({ type: NoticeDto })
  decide(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Param('noticeId', UuidPipe) noticeId: string,
    @Body() body: NoticeDecisionBody,
  ): Promise<NoticeDto> {
    return this.notices.decide(who, id, noticeId, body.action);
  }
}
