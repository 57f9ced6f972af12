import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequirePermission } from '../identity/access.decorators';
import type { Principal } from '../identity/principal';
import { UuidPipe } from '../platform/uuid.pipe';
import { ReplyBatchBody, ReplyBatchDto, ReplyBatchStartedDto } from './reply-batches.dto';
import { ReplyBatches } from './reply-batches.service';

@ApiTags('conversations')
@RequirePermission('conversations.reply')
@Controller()
export class ReplyBatchesController {
  constructor(private readonly batches: ReplyBatches) {}

  @Post('tickets/:id/reply-batches')
  @HttpCode(202)
  @ApiOperation({ summary: 'One reply to several threads in which the customer says the same, as a job' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key starts one batch' })
  start(
    @CurrentPrincipal() who: Principal,
    @Param('id', UuidPipe) id: string,
    @Body() body: ReplyBatchBody,
    @Headers('idempotency-key') key?: string,
  ): Promise<ReplyBatchStartedDto> {
    return this.batches.request(who, id, body, key);
  }

  @Get('reply-batches/:id')
  @ApiOperation({ summary: 'How far it is, and which threads refused' })
  @ApiOkResponse({ type: ReplyBatchDto })
  batch(@CurrentPrincipal() who: Principal, @Param('id', UuidPipe) id: string): Promise<ReplyBatchDto> {
    return this.batches.batch(who, id);
  }
}
